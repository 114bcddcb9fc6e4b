using System.Globalization;
using System.Text.Json.Serialization;

namespace Cairn.Callbacks;

/// <summary>An action of a callback: a reduced learning rate, a saved file, stopped training, restored weights, a warning.</summary>
/// <param name="Epoch">Index of the epoch, from 0, as in the hooks.</param>
/// <param name="Batch">Index of the batch in the epoch, from 0; null if the event occurred between batches.</param>
/// <param name="Callback">Name of the callback.</param>
/// <param name="Kind">The kind of event; one of <see cref="EventKind"/> for Cairn's own callbacks.</param>
/// <param name="OldValue">The old value, such as the old learning rate or the best value so far; null if there is none.</param>
/// <param name="NewValue">The new value, such as the new learning rate or the new best value; null if there is none.</param>
/// <param name="Message">A one-line description.</param>
/// <param name="Path">The related file, if any.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record TrainingEvent(
    int Epoch, int? Batch, string Callback, string Kind, double? OldValue, double? NewValue, string Message, string? Path)
{
    /// <summary>One line, with epochs and batches counted from 1 as in the console output.</summary>
    public override string ToString()
    {
        string batch = Batch is { } index ? string.Create(CultureInfo.InvariantCulture, $", batch {index + 1}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"Epoch {Epoch + 1}{batch}: {Callback}: {Message}");
    }
}
