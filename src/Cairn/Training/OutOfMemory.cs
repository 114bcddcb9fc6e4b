using System.Runtime.InteropServices;

namespace Cairn.Training;

/// <summary>Recognizes out-of-memory exceptions, and suggests what to do.</summary>
internal static class OutOfMemory
{
    /// <summary>Whether libtorch or .NET failed to allocate memory.</summary>
    public static bool Is(Exception exception) => exception is OutOfMemoryException
        || (exception is ExternalException && (Says(exception, "can't allocate memory") || Says(exception, "out of memory")));

    /// <summary>Creates the exception that ends training.</summary>
    /// <param name="cause">The original exception.</param>
    /// <param name="at">The position of the run.</param>
    /// <param name="howToGoOn">What has been saved, and how to resume; null if nothing saves the run.</param>
    public static OutOfMemoryException Ended(Exception cause, RunState at, string? howToGoOn) => new(
        FormattableString.Invariant($"Out of memory in epoch {at.Epoch + 1}, batch {at.Batch + 1}. ")
        + (howToGoOn ?? "Use smaller batches; the callback BackupAndRestore lets a run resume where it stopped."),
        cause);

    private static bool Says(Exception exception, string words) => exception.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
