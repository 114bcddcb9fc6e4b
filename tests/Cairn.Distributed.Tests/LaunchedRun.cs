using System.Collections.Concurrent;
using System.Diagnostics;
using Cairn.DistributedWorker;

namespace Cairn.Distributed.Tests;

/// <summary>The worker, started once for each launcher and number of processes, with all scenarios.</summary>
internal sealed class LaunchedRun
{
    private static readonly ConcurrentDictionary<(string Mpi, int Count, string Variant), Lazy<LaunchedRun>> Runs = new();
    private readonly string folder;
    private readonly string output;
    private readonly int code;

    private LaunchedRun(string mpi, int count, string variant)
    {
        folder = Directory.CreateTempSubdirectory("cairn-mpi-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        (code, output) = Run(MpiInstallation.Require(mpi).Start(count, Worker, "same", folder, variant));
        if (code != 0)
        {
            output = $"The launcher of {mpi} ended with {code}.\n{output}";
        }
    }

    /// <summary>The worker's program.</summary>
    public static string Worker => typeof(Outcome).Assembly.Location;

    /// <summary>A program beside the tests.</summary>
    public static string Program(string name) => Path.Combine(AppContext.BaseDirectory, $"{name}.dll");

    /// <summary>A start of a program alone, as it is without a launcher.</summary>
    public static ProcessStartInfo StartAlone(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        return start;
    }

    /// <summary>The run with a launcher and a number of processes.</summary>
    public static LaunchedRun With(string mpi, int count, string variant = "plain")
    {
        MpiInstallation.Require(mpi);
        return Runs.GetOrAdd(
            (mpi, count, variant), key => new Lazy<LaunchedRun>(() => new LaunchedRun(key.Mpi, key.Count, key.Variant))).Value;
    }

    /// <summary>The outcome of a scenario in a process.</summary>
    public Outcome Of(string scenario, int rank)
    {
        string file = Path.Combine(folder, $"{scenario}-{rank}.json");
        Assert.True(code == 0 && File.Exists(file), $"Rank {rank} did not end '{scenario}'.\n{output}");
        return Outcome.Read(file);
    }

    /// <summary>Runs a program to its end.</summary>
    public static (int Code, string Output) Run(ProcessStartInfo start, TimeSpan? limit = null)
    {
        using Process process = Process.Start(start)!;
        var lines = new ConcurrentQueue<string>();
        process.OutputDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(limit ?? TimeSpan.FromMinutes(3)))
        {
            process.Kill(entireProcessTree: true);
            return (-1, $"It did not end in time.\n{string.Join('\n', lines)}");
        }

        process.WaitForExit();
        return (process.ExitCode, string.Join('\n', lines));
    }
}
