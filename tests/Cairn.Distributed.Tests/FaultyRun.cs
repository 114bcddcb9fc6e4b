using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Cairn.Distributed.Tests;

/// <summary>Processes that are watched while they run, and killed.</summary>
internal sealed partial class FaultyRun : IDisposable
{
    private readonly Process launcher;
    private readonly ConcurrentQueue<string> lines = new();

    public FaultyRun(ProcessStartInfo start)
    {
        launcher = Process.Start(start)!;
        launcher.OutputDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        launcher.ErrorDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        launcher.BeginOutputReadLine();
        launcher.BeginErrorReadLine();
    }

    /// <summary>Starts two processes of the worker.</summary>
    public static FaultyRun With(string mpi, int deadlineSeconds, params string[] arguments) =>
        new(Start(mpi, deadlineSeconds, arguments));

    /// <summary>A start of two processes of the worker.</summary>
    public static ProcessStartInfo Start(string mpi, int deadlineSeconds, params string[] arguments)
    {
        ProcessStartInfo start = MpiInstallation.Require(mpi).Start(2, LaunchedRun.Worker, arguments);
        start.Environment["CAIRN_DEADLINE"] = deadlineSeconds.ToString(CultureInfo.InvariantCulture);
        return start;
    }

    public int ExitCode => launcher.ExitCode;

    public string Output => string.Join('\n', lines);

    /// <summary>The id of the launcher.</summary>
    public int Launcher => launcher.Id;

    /// <summary>Waits until a number of lines has been written, or the launcher has ended.</summary>
    public void WaitForLines(string line, int count)
    {
        while (!launcher.HasExited && lines.Count(one => one == line) < count)
        {
            Thread.Sleep(2);
        }
    }

    /// <summary>Waits until a text has been written.</summary>
    public void WaitForText(string text, TimeSpan limit)
    {
        for (var clock = Stopwatch.StartNew(); !Output.Contains(text, StringComparison.Ordinal); Thread.Sleep(20))
        {
            Assert.True(clock.Elapsed < limit, $"'{text}' was not written.\n{Output}");
        }
    }

    /// <summary>Waits until the processes train.</summary>
    /// <returns>Their ids, by rank.</returns>
    public int[] WaitForProcesses(int count, TimeSpan limit)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < limit; Thread.Sleep(20))
        {
            Match[] found = [.. lines.Select(line => Announced().Match(line)).Where(match => match.Success)];
            if (found.Length == count)
            {
                return [.. found.OrderBy(match => match.Groups[1].Value, StringComparer.Ordinal)
                    .Select(match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))];
            }
        }

        Assert.Fail($"The processes did not begin to train.\n{Output}");
        return [];
    }

    /// <summary>Sends a signal to a process.</summary>
    /// <returns>Whether the process was there.</returns>
    public static bool Signal(int process, string signal)
    {
        using Process kill = Process.Start(new ProcessStartInfo("kill", [$"-{signal}", $"{process}"]) { RedirectStandardError = true })!;
        kill.WaitForExit();
        return kill.ExitCode == 0;
    }

    /// <summary>Waits until a process is gone.</summary>
    public void WaitForEndOf(int process, TimeSpan limit)
    {
        for (var clock = Stopwatch.StartNew(); Lives(process); Thread.Sleep(20))
        {
            Assert.True(clock.Elapsed < limit, $"The process {process} lives on.\n{Output}");
        }
    }

    /// <summary>Whether the launcher ends in time.</summary>
    public bool Ends(TimeSpan limit)
    {
        if (!launcher.WaitForExit(limit))
        {
            return false;
        }

        // For its last lines. A daemon on a host that can't be reached may live on and keep the pipe open.
        Thread.Sleep(1000);
        return true;
    }

    public void Dispose()
    {
        if (!launcher.HasExited)
        {
            launcher.Kill(entireProcessTree: true);
        }

        launcher.Dispose();
    }

    [GeneratedRegex(@"rank (\d+) pid (\d+)")]
    private static partial Regex Announced();

    // A process that has ended and is not yet collected by its parent is gone, too.
    private static bool Lives(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
