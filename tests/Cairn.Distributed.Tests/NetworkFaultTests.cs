using System.Diagnostics;

namespace Cairn.Distributed.Tests;

/// <summary>A network that fails ends the processes of all machines in seconds.</summary>
public sealed class NetworkFaultTests
{
    private const int DeadlineSeconds = 4;
    private const int LongDeadlineSeconds = 60;

    // As in docs/many-machines.md.
    private const string Keepalive =
        "--mca oob_tcp_keepalive_time 5 --mca oob_tcp_keepalive_intvl 2 --mca oob_tcp_keepalive_probes 3";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData(MpiInstallation.OpenMpi, "cut", "plain")]
    [InlineData(MpiInstallation.OpenMpi, "drop", "plain")]
    [InlineData(MpiInstallation.Mpich, "cut", "plain")]
    [InlineData(MpiInstallation.Mpich, "drop", "plain")]
    [InlineData(MpiInstallation.OpenMpi, "cut", "overlap")]
    [InlineData(MpiInstallation.OpenMpi, "drop", "overlap")]
    [InlineData(MpiInstallation.Mpich, "cut", "overlap")]
    [InlineData(MpiInstallation.Mpich, "drop", "overlap")]
    public void A_broken_connection_ends_the_processes_of_both_hosts(string mpi, string how, string variant)
    {
        MpiInstallation.Require(mpi);
        using var hosts = TwoHosts.Create();
        using var run = new FaultyRun(hosts.Start(mpi, DeadlineSeconds, "", "fault", "none", variant));
        int[] processes = run.WaitForProcesses(2, Limit);
        var clock = Stopwatch.StartNew();
        hosts.Break(how);
        foreach (int process in processes)
        {
            run.WaitForEndOf(process, Limit);
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(DeadlineSeconds + 30), $"{clock.Elapsed}\n{run.Output}");

        // The launcher may wait longer for the other host, until TCP gives up.
        run.WaitForText("Rank 1 of 2 did not answer", Limit);
        run.WaitForText("CAIRN_DEADLINE", Limit);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("drop")]
    public void Mpirun_ends_too_if_its_keepalive_is_shorter_than_the_deadline(string how)
    {
        MpiInstallation.Require(MpiInstallation.OpenMpi);
        using var hosts = TwoHosts.Create();
        using var run = new FaultyRun(hosts.Start(MpiInstallation.OpenMpi, LongDeadlineSeconds, Keepalive, "fault", "none", "plain"));
        int[] processes = run.WaitForProcesses(2, Limit);

        // TCP acknowledges the line that announces a process up to 40 ms later; until then, the daemon that sent it has no keepalive.
        Thread.Sleep(1000);
        var clock = Stopwatch.StartNew();
        hosts.Break(how);
        foreach (int process in processes)
        {
            run.WaitForEndOf(process, Limit);
        }

        Assert.True(run.Ends(Limit), run.Output);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(LongDeadlineSeconds), $"{clock.Elapsed}\n{run.Output}");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("lost communication with a remote daemon", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi, "KILL")]
    [InlineData(MpiInstallation.OpenMpi, "STOP")]
    [InlineData(MpiInstallation.Mpich, "KILL")]
    [InlineData(MpiInstallation.Mpich, "STOP")]
    public void A_process_of_the_other_host_that_is_killed_or_stopped_ends_this_one(string mpi, string signal)
    {
        MpiInstallation.Require(mpi);
        using var hosts = TwoHosts.Create();
        using var run = new FaultyRun(hosts.Start(mpi, DeadlineSeconds, "", "fault", "none", "plain"));
        int[] processes = run.WaitForProcesses(2, Limit);
        var clock = Stopwatch.StartNew();
        FaultyRun.Signal(processes[1], signal);
        run.WaitForEndOf(processes[0], Limit);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(DeadlineSeconds + 30), $"{clock.Elapsed}\n{run.Output}");
        Assert.True(run.Ends(Limit), run.Output);

        // The launcher sees a killed process first.
        Assert.Contains(
            signal == "STOP" ? "Rank 1 of 2 did not answer" : mpi == MpiInstallation.OpenMpi ? "process rank 1" : "EXIT CODE: 9",
            run.Output, StringComparison.Ordinal);
    }
}
