using System.Globalization;
using System.Text.Json.Serialization;

namespace Cairn.Callbacks;

/// <summary>Something a callback did: a learning rate reduced, a file saved, the training stopped, weights restored, a warning.</summary>
/// <param name="Epoch">Index of the epoch, from 0, as in the hooks.</param>
/// <param name="Batch">Index of the batch in the epoch, from 0; null for what happened between batches.</param>
/// <param name="Callback">Name of the callback.</param>
/// <param name="Kind">What happened; one of <see cref="EventKind"/> for Cairn's own callbacks.</param>
/// <param name="OldValue">The value before: the old learning rate, the best value so far. Null if there was none.</param>
/// <param name="NewValue">The value after: the new learning rate, the new best value. Null if there is none.</param>
/// <param name="Message">One line for people.</param>
/// <param name="Path">The file it is about, if any.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record TrainingEvent(
    int Epoch, int? Batch, string Callback, string Kind, double? OldValue, double? NewValue, string Message, string? Path)
{
    /// <summary>One line, with epochs and batches counted from 1 as in the terminal.</summary>
    public override string ToString()
    {
        string batch = Batch is { } index ? string.Create(CultureInfo.InvariantCulture, $", batch {index + 1}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"Epoch {Epoch + 1}{batch}: {Callback}: {Message}");
    }
}
