using System.Diagnostics;

namespace Cairn.Benchmarks.Distributed;

/// <summary>Programs that are started, and what they write.</summary>
internal static class Launch
{
    /// <summary>The launchers that are installed.</summary>
    public static IReadOnlyList<(string Name, string Launcher, string Compiler)> Installed { get; } =
    [
        .. new[] { ("Open MPI", "mpirun.openmpi", "mpicc.openmpi"), ("MPICH", "mpiexec.mpich", "mpicc.mpich") }
            .Where(one => Environment.GetEnvironmentVariable("PATH")!.Split(':')
                .Any(folder => File.Exists(Path.Combine(folder, one.Item2)))),
    ];

    /// <summary>The rate of the link between two processes, such as 1gbit; null if they share memory.</summary>
    public static string? Rate { get; set; }

    /// <summary>This program as a process of its own.</summary>
    public static string[] Self(params string[] arguments) =>
        ["dotnet", Path.Combine(AppContext.BaseDirectory, "Cairn.Benchmarks.Distributed.dll"), "measure", .. arguments];

    /// <summary>Runs a program on some processes, with some threads each.</summary>
    /// <param name="launcher">The launcher; null to start one process without one.</param>
    /// <param name="processes">Number of processes.</param>
    /// <param name="threads">Number of threads of each.</param>
    /// <param name="program">The program and its arguments.</param>
    /// <returns>The lines it writes.</returns>
    public static string[] Run(string? launcher, int processes, int threads, params string[] program)
    {
        string[] all = launcher is null ? program
            : Rate is not null && processes == 2 ? [Path.Combine(AppContext.BaseDirectory, "two-hosts.sh"), Rate, launcher, .. program]
            : launcher.Contains("openmpi", StringComparison.Ordinal)
            ? [launcher, "--oversubscribe", "--bind-to", "none", "-n", $"{processes}", .. program]
            : [launcher, "-n", $"{processes}", .. program];
        var start = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardOutput = true };
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1";
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        start.Environment["OMP_NUM_THREADS"] = $"{threads}";

        // Open MPI gives the processes a terminal, to which .NET would write control characters.
        start.Environment["TERM"] = "dumb";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException($"{string.Join(' ', all)} ended with {process.ExitCode}.\n{output}");
    }

    /// <summary>The number in the middle.</summary>
    public static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }
}
