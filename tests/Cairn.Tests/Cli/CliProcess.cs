using System.Diagnostics;

namespace Cairn.Tests.Cli;

/// <summary>The command in a separate process, which can receive signals.</summary>
internal static class CliProcess
{
    public static Process Start(params string[] arguments)
    {
        // Background processes of a shell, and their children, ignore SIGINT; tests that send it would fail there.
        string command = Path.Combine(AppContext.BaseDirectory, "Cairn.Cli");
        ProcessStartInfo start = OperatingSystem.IsLinux()
            ? new ProcessStartInfo("env", ["--default-signal=INT", command, .. arguments])
            : new ProcessStartInfo(command, arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return Process.Start(start)!;
    }
}
