using System.Text.RegularExpressions;
using Cairn.Callbacks;
using Cairn.Distributed;
using Cairn.Native;
using Cairn.Saving;

namespace Cairn.Cli;

/// <summary>Turns an exception into the text to show: one line for what the user can fix, the full exception for a bug.</summary>
internal static partial class Failure
{
    private const string Own = "Cairn";

    public static string Describe(Exception exception) => exception switch
    {
        CommandException or ModelFormatException or LibTorchException or BackupMismatchException or ReplicaException => exception.Message,

        // Thrown by Fit, with the position and how to resume.
        OutOfMemoryException { InnerException: not null } => exception.Message,
        IOException or UnauthorizedAccessException => OneLine(exception.Message),
        // Thrown by Cairn about its input. From anywhere else it is a bug.
        ArgumentException or InvalidOperationException or NotSupportedException when IsOurs(exception) =>
            OneLine(ParameterName().Replace(exception.Message, "")),
        _ => $"unexpected failure: {exception}",
    };

    // Cairn, Cairn.Cli and the packages that the command uses.
    private static bool IsOurs(Exception exception) =>
        exception.TargetSite?.DeclaringType?.Assembly.GetName().Name is { } assembly
        && (assembly == Own || assembly.StartsWith(Own + ".", StringComparison.Ordinal));

    private static string OneLine(string message) => LineBreaks().Replace(message.Trim(), " ");

    [GeneratedRegex(@"\s*\(Parameter '[^']*'\)")]
    private static partial Regex ParameterName();

    [GeneratedRegex(@"\s*\r?\n\s*")]
    private static partial Regex LineBreaks();
}
