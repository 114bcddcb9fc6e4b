using System.Diagnostics;
using System.Globalization;

namespace Cairn.Distributed.Tests;

/// <summary>Two hosts on this machine: network namespaces that are joined by a cable, which a test can cut.</summary>
internal sealed class TwoHosts : IDisposable
{
    private const string Address = "10.77.0";
    private readonly string name = $"c{Environment.ProcessId % 10_000}";
    private readonly WorkFolder folder = new();

    private TwoHosts()
    {
        string[] setUp =
        [
            $"netns add {name}A", $"netns add {name}B", $"link add {name}a type veth peer name {name}b",
            $"link set {name}a netns {name}A", $"link set {name}b netns {name}B",
            $"-n {name}A link set {name}a name eth0", $"-n {name}B link set {name}b name eth0",
            $"-n {name}A addr add {Address}.1/24 dev eth0", $"-n {name}B addr add {Address}.2/24 dev eth0",
            $"-n {name}A link set eth0 up", $"-n {name}B link set eth0 up", $"-n {name}A link set lo up", $"-n {name}B link set lo up",
        ];
        if (!setUp.All(Ip))
        {
            Dispose();
            Assert.Skip("Network namespaces are not allowed here (they need root and the ip command).");
        }

        // Stands for ssh: each host has a name of its own.
        File.WriteAllText(Remote, $"""
            #!/bin/bash
            while [[ $1 == -* ]]; do shift; done
            host=$1; shift
            case $host in {Address}.1) n=A;; *) n=B;; esac
            exec ip netns exec {name}$n unshare -u sh -c "hostname node$n; $*"

            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Remote, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    private string Remote => folder.File("remote");

    /// <summary>Makes the hosts, or skips the test.</summary>
    public static TwoHosts Create()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Network namespaces are a feature of Linux.");
        return new TwoHosts();
    }

    /// <summary>A start of one process on each host.</summary>
    /// <param name="mpi">The launcher's MPI.</param>
    /// <param name="deadlineSeconds">The deadline of exchanges.</param>
    /// <param name="launcherOptions">Further options of the launcher.</param>
    /// <param name="arguments">The arguments of the worker.</param>
    public ProcessStartInfo Start(string mpi, int deadlineSeconds, string launcherOptions, params string[] arguments)
    {
        ProcessStartInfo plain = MpiInstallation.Require(mpi).Start(2, LaunchedRun.Worker, arguments);
        string program = string.Join(' ', ["dotnet", LaunchedRun.Worker, .. arguments]);
        string command = mpi == MpiInstallation.OpenMpi
            ? $"{plain.FileName} --mca plm_rsh_agent {Remote} --host {Address}.1,{Address}.2 --mca pml ob1 --mca btl tcp,self "
                + $"--mca btl_tcp_if_include {Address}.0/24 --mca oob_tcp_if_include {Address}.0/24 {launcherOptions} "
                + $"-x CAIRN_DEADLINE -x OMP_NUM_THREADS --bind-to none -n 2 {program}"
            : $"{plain.FileName} -launcher rsh -launcher-exec {Remote} -iface eth0 -genv UCX_TLS tcp,self -genv UCX_NET_DEVICES eth0 "
                + $"-hosts {Address}.1,{Address}.2 -n 2 {program}";
        ProcessStartInfo start = SystemCommand.Around(
            plain, "ip", "netns", "exec", $"{name}A", "unshare", "-u", "sh", "-c", $"hostname nodeA; exec {command}");
        start.Environment["CAIRN_DEADLINE"] = deadlineSeconds.ToString(CultureInfo.InvariantCulture);
        return start;
    }

    /// <summary>Breaks the connection.</summary>
    /// <param name="how">"cut": the link goes down; "drop": packets are sent and nobody receives them.</param>
    public void Break(string how)
    {
        if (how == "cut")
        {
            Assert.True(Ip($"-n {name}B link set eth0 down"));
            return;
        }

        Assert.True(Ip($"-n {name}A neigh replace {Address}.2 lladdr 02:00:00:00:00:99 dev eth0 nud permanent")
            && Ip($"-n {name}B neigh replace {Address}.1 lladdr 02:00:00:00:00:98 dev eth0 nud permanent"));
    }

    public void Dispose()
    {
        foreach (string host in new[] { $"{name}A", $"{name}B" })
        {
            // What a test that failed has left.
            foreach (string process in Output($"netns pids {host}")?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [])
            {
                FaultyRun.Signal(int.Parse(process, CultureInfo.InvariantCulture), "KILL");
            }

            Ip($"netns del {host}");
        }

        folder.Dispose();
    }

    private static bool Ip(string arguments) => Output(arguments) is not null;

    private static string? Output(string arguments) => SystemCommand.Output("ip", arguments.Split(' '));
}
