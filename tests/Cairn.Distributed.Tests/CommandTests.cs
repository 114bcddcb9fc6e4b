using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Cairn.DistributedWorker;

namespace Cairn.Distributed.Tests;

/// <summary><c>cairn train</c> under a launcher.</summary>
public sealed class CommandTests
{
    private const double Tolerance = 1e-4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData(MpiInstallation.OpenMpi)]
    [InlineData(MpiInstallation.Mpich)]
    public void The_command_trains_in_two_processes_with_the_history_and_the_files_of_one(string mpi)
    {
        using var folder = new WorkFolder();
        WriteTable(folder.File("table.csv"));
        string[] arguments =
            ["train", "--data", folder.File("table.csv"), "--target", "y", "--epochs", "3", "--verbose", "2", "--out", "run"];
        string alone = Run(folder, "alone", LaunchedRun.StartAlone(LaunchedRun.Program("Cairn.Cli"), arguments));
        string together = Run(folder, "together", MpiInstallation.Require(mpi).Start(2, LaunchedRun.Program("Cairn.Cli"), arguments));

        Assert.Equal(FilesIn(folder, "alone"), FilesIn(folder, "together"));
        foreach (string line in new[] { "Result", "Model ", "7/7 - " })
        {
            Assert.Equal(Count(alone, line), Count(together, line));
        }

        Assert.Equal(3, Count(together, "7/7 - "));
        double[][] expected = History(folder, "alone");
        double[][] actual = History(folder, "together");
        Assert.Equal(3, expected.Length);
        Assert.Equal(expected.Length, actual.Length);
        for (int epoch = 0; epoch < expected.Length; epoch++)
        {
            Assert.All(expected[epoch].Zip(actual[epoch]), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
        }
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi)]
    [InlineData(MpiInstallation.Mpich)]
    public void A_signal_to_one_process_stops_all_after_the_same_batch_and_the_run_is_resumed(string mpi)
    {
        using var folder = new WorkFolder();
        WriteTable(folder.File("table.csv"));
        string[] arguments =
        [
            "train", "--data", folder.File("table.csv"), "--target", "y", "--epochs", "150", "--verbose", "2", "--out", "run",
            "--callbacks", folder.File("none.json"), "--backup", "backup", "--seed", "3",
        ];
        File.WriteAllText(folder.File("none.json"), "[]");
        Run(folder, "whole", MpiInstallation.Require(mpi).Start(2, LaunchedRun.Program("Cairn.Cli"), arguments));
        ProcessStartInfo start = MpiInstallation.Require(mpi).Start(2, LaunchedRun.Program("Cairn.Cli"), arguments);
        start.WorkingDirectory = Directory.CreateDirectory(folder.File("stopped")).FullName;
        using (var stopped = new FaultyRun(start))
        {
            stopped.WaitForText("Epoch 3/150", Limit);
            Assert.True(FaultyRun.Signal(LastRankIn(start.WorkingDirectory), "TERM"));
            Assert.True(stopped.Ends(Limit), stopped.Output);
            Assert.NotEqual(0, stopped.ExitCode);
            Assert.Contains("stopping after the current batch", stopped.Output, StringComparison.Ordinal);
        }

        Assert.InRange(History(folder, "stopped").Length, 2, 149);
        string output = Run(
            folder, "stopped", MpiInstallation.Require(mpi).Start(2, LaunchedRun.Program("Cairn.Cli"), [.. arguments, "--resume"]));
        Assert.Contains("Resuming from the backup", output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllLines(folder.File("whole/run/history.csv")), File.ReadAllLines(folder.File("stopped/run/history.csv")));
    }

    // The process of the second rank, by its folder and the variables of its launcher.
    private static int LastRankIn(string folder) => Directory.EnumerateDirectories("/proc")
        .Select(process => (Path: process, IsId: int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out int id), Id: id))
        .Where(process => process.IsId && IsLastRank(process.Path, folder)).Select(process => process.Id).Single();

    private static bool IsLastRank(string process, string folder)
    {
        try
        {
            string[] variables = File.ReadAllText($"{process}/environ").Split('\0');
            return File.ReadAllText($"{process}/cmdline").StartsWith("dotnet\0", StringComparison.Ordinal)
                && new DirectoryInfo($"{process}/cwd").ResolveLinkTarget(returnFinalTarget: true)?.FullName == folder
                && (variables.Contains("OMPI_COMM_WORLD_RANK=1") || variables.Contains("PMI_RANK=1"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // 250 rows, of which 200 are for training: 7 batches of 32, the last with 8 rows.
    private static void WriteTable(string file)
    {
        (NDArray x, NDArray y) = TrainingData.Regression(250, 6);
        float[] numbers = x.ToArray();
        float[] targets = y.ToArray();
        File.WriteAllLines(file,
        [
            "a,b,c,d,e,f,y",
            .. Enumerable.Range(0, 250).Select(row =>
                string.Join(',', numbers.Skip(row * 6).Take(6).Append(targets[row])
                    .Select(one => one.ToString(CultureInfo.InvariantCulture)))),
        ]);
    }

    private static int Count(string output, string what) => Regex.Count(output, Regex.Escape(what));

    private static string Run(WorkFolder folder, string name, ProcessStartInfo start)
    {
        start.WorkingDirectory = Directory.CreateDirectory(folder.File(name)).FullName;
        (int code, string output) = LaunchedRun.Run(start);
        Assert.True(code == 0, output);
        return output;
    }

    private static string[] FilesIn(WorkFolder folder, string name) =>
        [.. Directory.EnumerateFiles(folder.File(name), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder.File(name), file)).Order(StringComparer.Ordinal)];

    private static double[][] History(WorkFolder folder, string name) =>
        [.. File.ReadLines(folder.File($"{name}/run/history.csv")).Skip(1)
            .Select(line => line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray())];
}
