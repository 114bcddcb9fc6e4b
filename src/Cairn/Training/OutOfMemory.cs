using System.Runtime.InteropServices;

namespace Cairn.Training;

/// <summary>Recognizes out-of-memory exceptions, and suggests what to do.</summary>
internal static class OutOfMemory
{
    private const string Advice = "Use smaller batches; the callback BackupAndRestore lets a run resume where it stopped.";

    /// <summary>Whether libtorch or .NET failed to allocate memory; false for the exceptions created here.</summary>
    public static bool Is(Exception exception) => exception is OutOfMemoryException { InnerException: null }
        || (exception is ExternalException && (Says(exception, "can't allocate memory") || Says(exception, "out of memory")));

    /// <summary>Creates the exception that ends training in a step.</summary>
    /// <param name="cause">The original exception.</param>
    /// <param name="at">The position of the run, before the step.</param>
    /// <param name="howToGoOn">What has been saved, and how to resume; null if nothing saves the run.</param>
    public static OutOfMemoryException InStep(Exception cause, RunState at, string? howToGoOn) => new(
        FormattableString.Invariant($"Out of memory in epoch {at.Epoch + 1}, batch {at.Batch + 1}. ") + (howToGoOn ?? Advice), cause);

    /// <summary>Creates the exception that ends training in a callback, a backup or a validation.</summary>
    /// <inheritdoc cref="InStep"/>
    public static OutOfMemoryException BetweenSteps(Exception cause, RunState at, string? howToGoOn) =>
        new($"Out of memory between two training steps: {at}. {howToGoOn ?? Advice}", cause);

    /// <summary>Creates the exception for a training that can't begin.</summary>
    public static OutOfMemoryException BeforeTraining(Exception cause) =>
        new("Out of memory before the first training step, while the data, the model or a backup was loaded.", cause);

    private static bool Says(Exception exception, string words) => exception.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
