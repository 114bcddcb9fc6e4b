using System.ComponentModel;
using System.Diagnostics;

namespace Cairn.Distributed.Tests;

/// <summary>Commands of the system, which may be missing or not be allowed.</summary>
internal static class SystemCommand
{
    /// <summary>Runs a command to its end.</summary>
    /// <returns>What it wrote; null if it failed or is missing.</returns>
    public static string? Output(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>A start of a command that starts a program with the variables of another start.</summary>
    public static ProcessStartInfo Around(ProcessStartInfo plain, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string key, string? value) in plain.Environment)
        {
            start.Environment[key] = value;
        }

        return start;
    }
}
