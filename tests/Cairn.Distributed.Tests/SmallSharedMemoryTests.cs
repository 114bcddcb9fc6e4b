using System.Diagnostics;
using Cairn.DistributedWorker;

namespace Cairn.Distributed.Tests;

/// <summary>
/// Where the file system of shared memory is small, as containers often make it, processes train without it, with the same bits.
/// </summary>
public sealed class SmallSharedMemoryTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // MPICH itself needs 9 MB with UCX.
    [Theory]
    [InlineData(MpiInstallation.OpenMpi, "64k", "plain")]
    [InlineData(MpiInstallation.OpenMpi, "64k", "medium")]
    [InlineData(MpiInstallation.OpenMpi, "1800k", "medium")]
    [InlineData(MpiInstallation.OpenMpi, "4m", "medium")]
    [InlineData(MpiInstallation.OpenMpi, "12m", "large")]
    [InlineData(MpiInstallation.Mpich, "12m", "medium")]
    [InlineData(MpiInstallation.Mpich, "12m", "large")]
    public void Processes_train_without_memory_that_is_not_there(string mpi, string size, string scenario)
    {
        Outcome expected = LaunchedRun.With(mpi, 2).Of(scenario, 0);
        using var folder = new WorkFolder();
        ProcessStartInfo start = WithMemoryOf(size, MpiInstallation.Require(mpi).Start(
            2, LaunchedRun.Worker, "same", folder.Path, "plain", scenario));
        start.Environment["CAIRN_DEADLINE"] = "30";
        (int code, string output) = LaunchedRun.Run(start, Limit);
        Assert.True(code == 0, output);
        for (int rank = 0; rank < 2; rank++)
        {
            var actual = Outcome.Read(folder.File($"{scenario}-{rank}.json"));
            Assert.All(expected.Weights, pair => Assert.Equal(pair.Value, actual.Weights[pair.Key]));
            Assert.All(expected.History, pair => Assert.Equal(pair.Value, actual.History[pair.Key]));
        }
    }

    // In a mount namespace of its own.
    private static ProcessStartInfo WithMemoryOf(string size, ProcessStartInfo plain)
    {
        string mount = $"mount -t tmpfs -o size={size} tmpfs /dev/shm";
        Assert.SkipUnless(
            SystemCommand.Output("unshare", "-m", "sh", "-c", mount) is not null, "File systems can't be mounted here (this needs root).");
        return SystemCommand.Around(
            plain, "unshare", ["-m", "sh", "-c", $"{mount} && exec \"$@\"", "sh", plain.FileName, .. plain.ArgumentList]);
    }
}
