using System.Diagnostics;

namespace Cairn.Distributed.Tests;

/// <summary>A network that fails ends the processes of all machines in seconds.</summary>
public sealed class NetworkFaultTests
{
    private const int DeadlineSeconds = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData(MpiInstallation.OpenMpi, "cut")]
    [InlineData(MpiInstallation.OpenMpi, "drop")]
    [InlineData(MpiInstallation.Mpich, "cut")]
    [InlineData(MpiInstallation.Mpich, "drop")]
    public void A_broken_connection_ends_the_processes_of_both_hosts(string mpi, string how)
    {
        MpiInstallation.Require(mpi);
        using var hosts = TwoHosts.Create();
        using var run = new FaultyRun(hosts.Start(mpi, DeadlineSeconds, "fault", "none"));
        int[] processes = run.WaitForProcesses(2, Limit);
        var clock = Stopwatch.StartNew();
        hosts.Break(how);
        foreach (int process in processes)
        {
            run.WaitForEndOf(process, Limit);
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(DeadlineSeconds + 30), $"{clock.Elapsed}\n{run.Output}");
    }
}
