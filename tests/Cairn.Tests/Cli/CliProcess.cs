using System.Diagnostics;

namespace Cairn.Tests.Cli;

/// <summary>The command as a process of its own, which can be sent signals.</summary>
internal static class CliProcess
{
    public static Process Start(params string[] arguments)
    {
        // A shell has the processes that it starts in the background ignore SIGINT, and so their children: those tests that send it would fail there.
        string command = Path.Combine(AppContext.BaseDirectory, "Cairn.Cli");
        ProcessStartInfo start = OperatingSystem.IsLinux()
            ? new ProcessStartInfo("env", ["--default-signal=INT", command, .. arguments])
            : new ProcessStartInfo(command, arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return Process.Start(start)!;
    }
}
