using System.Runtime.InteropServices;

namespace Cairn.Training;

/// <summary>Knows the exceptions that mean that memory ran out, and says what can be done.</summary>
internal static class OutOfMemory
{
    /// <summary>Whether libtorch or .NET got no memory.</summary>
    public static bool Is(Exception exception) => exception is OutOfMemoryException
        || (exception is ExternalException && (Says(exception, "can't allocate memory") || Says(exception, "out of memory")));

    /// <summary>The exception to end the training with.</summary>
    /// <param name="cause">What was thrown.</param>
    /// <param name="at">Where the run is.</param>
    /// <param name="howToGoOn">What is safe, and how to go on from there; null where nothing keeps the run.</param>
    public static OutOfMemoryException Ended(Exception cause, RunState at, string? howToGoOn) => new(
        FormattableString.Invariant($"Out of memory in epoch {at.Epoch + 1}, batch {at.Batch + 1}. ")
        + (howToGoOn ?? "Smaller batches need less; with the callback BackupAndRestore a run can go on where it stopped."),
        cause);

    private static bool Says(Exception exception, string words) => exception.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
