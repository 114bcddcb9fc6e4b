using System.Globalization;

namespace Cairn.Callbacks;

/// <summary>
/// Thrown when a user callback, or a function passed to a callback, throws. Names the callback, the hook, and the epoch and batch. The
/// original exception is the <see cref="Exception.InnerException"/>.
/// </summary>
/// <remarks>
/// Exceptions of Cairn's own callbacks, such as an <see cref="ArgumentException"/> for an unknown monitor, are not wrapped. Neither is
/// <see cref="OperationCanceledException"/>.
/// </remarks>
public sealed class CallbackException : Exception
{
    internal CallbackException(Callback failed, string hook, int? epoch, int? batch, Exception innerException)
        : base($"The callback '{failed.Name}' failed in {hook}{Place(epoch, batch)}: {innerException.Message}", innerException)
    {
        Failed = failed;
        Hook = hook;
        Epoch = epoch;
        Batch = batch;
    }

    /// <summary>The name of the callback.</summary>
    public string Callback => Failed.Name;

    /// <summary>The name of the hook, such as <c>OnEpochEnd</c>.</summary>
    public string Hook { get; }

    /// <summary>Index of the epoch, from 0; null outside of epochs. The message counts from 1.</summary>
    public int? Epoch { get; }

    /// <summary>Index of the batch, from 0; null outside of batches. The message counts from 1.</summary>
    public int? Batch { get; }

    internal Callback Failed { get; }

    private static string Place(int? epoch, int? batch)
    {
        string?[] parts = [epoch is { } e ? Counted("epoch", e) : null, batch is { } b ? Counted("batch", b) : null];
        string place = string.Join(", ", parts.OfType<string>());
        return place.Length == 0 ? "" : $" ({place})";
    }

    private static string Counted(string what, int index) => string.Create(CultureInfo.InvariantCulture, $"{what} {index + 1}");
}
