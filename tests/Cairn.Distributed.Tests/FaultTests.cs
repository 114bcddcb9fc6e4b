using System.Diagnostics;

namespace Cairn.Distributed.Tests;

/// <summary>A fault ends all processes in seconds, with a message that names the process; none hangs.</summary>
public sealed class FaultTests
{
    // Exchanges of this test wait so long; a slow machine needs some time besides.
    private const int DeadlineSeconds = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData(MpiInstallation.OpenMpi, "throw", "Unhandled exception in rank 1 of 2. Cairn.Callbacks.CallbackException")]
    [InlineData(MpiInstallation.Mpich, "throw", "the callback is broken")]
    [InlineData(MpiInstallation.Mpich, "exit", "Abort(3)")]
    [InlineData(MpiInstallation.OpenMpi, "disk", "model.h5")]
    [InlineData(MpiInstallation.OpenMpi, "diverge", "differ in sequential/dense/kernel")]
    [InlineData(MpiInstallation.Mpich, "other-model", "rank 1 (")]
    [InlineData(MpiInstallation.OpenMpi, "other-data", "data.numbers")]
    [InlineData(MpiInstallation.Mpich, "metric", "'largest_error' can't be computed by several processes")]
    [InlineData(MpiInstallation.OpenMpi, "leaves", "Rank 1 of 2 has ended its program")]
    public void An_error_in_one_process_ends_all_of_them(string mpi, string kind, string expected)
    {
        RequireFailure(Start(mpi, "fault", kind, "plain"), expected);
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi, "stream-rows", "plain", true, "rank 1 (")]
    [InlineData(MpiInstallation.Mpich, "stream-rows", "overlap", false, "12 rows")]
    [InlineData(MpiInstallation.Mpich, "stream-numbers", "plain", true, "other numbers in the batch")]
    [InlineData(MpiInstallation.OpenMpi, "stream-numbers", "sharded", false, "other numbers in the batch")]
    [InlineData(MpiInstallation.OpenMpi, "stream-held", "plain", true, "other data in this pass")]
    [InlineData(MpiInstallation.Mpich, "stream-held", "overlap", false, "other data in this pass")]
    [InlineData(MpiInstallation.OpenMpi, "stream-end", "plain", true, "same data")]
    [InlineData(MpiInstallation.Mpich, "stream-end", "plain", false, "same data")]
    [InlineData(MpiInstallation.OpenMpi, "stream-end", "overlap", false, "same data")]
    public void Batches_of_code_that_differ_between_processes_are_reported(
        string mpi, string kind, string variant, bool sharesMemory, string expected)
    {
        ProcessStartInfo start = Start(mpi, "fault", kind, variant);
        start.Environment["CAIRN_SHARED_MEMORY"] = sharesMemory ? "1" : "0";
        RequireFailure(start, expected);
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi, "KILL", "plain")]
    [InlineData(MpiInstallation.Mpich, "KILL", "plain")]
    [InlineData(MpiInstallation.OpenMpi, "STOP", "plain")]
    [InlineData(MpiInstallation.Mpich, "STOP", "plain")]
    [InlineData(MpiInstallation.OpenMpi, "KILL", "overlap")]
    [InlineData(MpiInstallation.Mpich, "KILL", "overlap")]
    [InlineData(MpiInstallation.OpenMpi, "STOP", "overlap")]
    [InlineData(MpiInstallation.Mpich, "STOP", "overlap")]
    public void A_process_that_is_killed_or_stopped_ends_the_others(string mpi, string signal, string variant)
    {
        using var run = FaultyRun.With(mpi, DeadlineSeconds, "fault", "none", variant);
        RequireEnd(run, signal);
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi, "KILL", "plain")]
    [InlineData(MpiInstallation.Mpich, "KILL", "overlap")]
    [InlineData(MpiInstallation.OpenMpi, "STOP", "overlap")]
    [InlineData(MpiInstallation.Mpich, "STOP", "plain")]
    public void A_process_that_is_killed_or_stopped_ends_the_others_without_shared_memory(string mpi, string signal, string variant)
    {
        ProcessStartInfo start = MpiInstallation.Require(mpi).Start(2, LaunchedRun.Worker, "fault", "none", variant);
        start.Environment["CAIRN_DEADLINE"] = $"{DeadlineSeconds}";
        start.Environment["CAIRN_SHARED_MEMORY"] = "0";
        using var run = new FaultyRun(start);
        RequireEnd(run, signal);
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi)]
    [InlineData(MpiInstallation.Mpich)]
    public void A_process_that_never_joins_ends_the_others(string mpi)
    {
        using var run = FaultyRun.With(mpi, DeadlineSeconds, "fault", "absent", "plain");
        Assert.True(run.Ends(Limit), run.Output);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Matches("did not start within|did not answer", run.Output);
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi)]
    [InlineData(MpiInstallation.Mpich)]
    public void A_process_that_stops_while_MPI_ends_is_not_waited_for(string mpi)
    {
        using var run = FaultyRun.With(mpi, DeadlineSeconds, "stop-at-the-end");
        int[] processes = run.WaitForProcesses(2, Limit);
        run.WaitForEndOf(processes[0], Limit);
        Assert.True(run.Ends(Limit), run.Output);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains($"Rank 0 waited {DeadlineSeconds} s for the end of MPI", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi)]
    [InlineData(MpiInstallation.Mpich)]
    public void Exchanges_may_take_as_long_as_they_want(string mpi)
    {
        (int code, string output) = LaunchedRun.Run(MpiInstallation.Require(mpi).Start(2, LaunchedRun.Worker, "long-deadline"), Limit);
        Assert.True(code == 0, output);
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi)]
    [InlineData(MpiInstallation.Mpich)]
    public void A_process_whose_memory_runs_out_ends_the_others(string mpi)
    {
        ProcessStartInfo start = Start(mpi, "fault", "memory", "plain");
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x8000000";
        RequireFailure(start, "OutOfMemoryException");
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi, "full-disk")]
    [InlineData(MpiInstallation.Mpich, "full-disk-of-backups")]
    public void A_full_disk_of_the_first_process_ends_the_others(string mpi, string kind)
    {
        MpiInstallation.Require(mpi);
        using var folder = new WorkFolder();
        using var disk = SmallDisk.Mount(folder.Path);
        ProcessStartInfo start = Start(mpi, "fault", kind, "plain");
        start.WorkingDirectory = folder.Path;
        RequireFailure(start, "No space left on device");
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi, true)]
    [InlineData(MpiInstallation.Mpich, true)]
    [InlineData(MpiInstallation.OpenMpi, false)]
    [InlineData(MpiInstallation.Mpich, false)]
    public void Two_different_programs_end_with_a_message(string mpi, bool sharesMemory)
    {
        // One trains, the other adds up numbers.
        ProcessStartInfo start = MpiInstallation.Require(mpi).Start(1, LaunchedRun.Worker, "fault", "none", "plain");
        foreach (string argument in new[] { ":", "-n", "1", "dotnet", LaunchedRun.Worker, "sums" })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["CAIRN_DEADLINE"] = $"{DeadlineSeconds}";
        start.Environment["CAIRN_SHARED_MEMORY"] = sharesMemory ? "1" : "0";
        using var run = new FaultyRun(start);
        Assert.True(run.Ends(Limit), run.Output);
        Assert.NotEqual(0, run.ExitCode);

        // On a busy machine, the one that has failed may be gone before the other finds out why.
        Assert.Matches("do not run the same program on the same data|did not answer|has failed", run.Output);
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi, "MPICH")]
    [InlineData(MpiInstallation.Mpich, "Open MPI")]
    public void A_library_of_another_MPI_than_the_launcher_is_named(string mpi, string other)
    {
        MpiInstallation.Require(other);
        string library = other == MpiInstallation.OpenMpi ? "libmpi.so.40" : "libmpich.so.12";
        ProcessStartInfo start = MpiInstallation.Require(mpi).Start(2, LaunchedRun.Worker, "fault", "none", "plain");
        start.Environment["CAIRN_MPI_LIBRARY"] = library;
        (int code, string output) = LaunchedRun.Run(start, Limit);
        Assert.NotEqual(0, code);
        Assert.Contains("belongs to another MPI than the launcher", output, StringComparison.Ordinal);
        Assert.Contains(library, output, StringComparison.Ordinal);
    }

    private static ProcessStartInfo Start(string mpi, params string[] arguments) => FaultyRun.Start(mpi, DeadlineSeconds, arguments);

    private static void RequireFailure(ProcessStartInfo start, string message)
    {
        using var run = new FaultyRun(start);
        Assert.True(run.Ends(Limit), run.Output);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(message, run.Output, StringComparison.Ordinal);
    }

    private static void RequireEnd(FaultyRun run, string signal)
    {
        int[] processes = run.WaitForProcesses(2, Limit);
        var clock = Stopwatch.StartNew();
        FaultyRun.Signal(processes[1], signal);
        run.WaitForEndOf(processes[0], Limit);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(DeadlineSeconds + 30), $"{clock.Elapsed}\n{run.Output}");
        if (signal == "STOP")
        {
            Assert.True(run.Ends(Limit), run.Output);
            Assert.Contains("Rank 1 of 2 did not answer", run.Output, StringComparison.Ordinal);
        }
    }
}
