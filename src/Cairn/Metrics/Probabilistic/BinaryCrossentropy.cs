using System.Text.Json.Nodes;

namespace Cairn.Metrics;

/// <summary>Cross-entropy of targets 0 and 1. Keras: <c>metrics.BinaryCrossentropy</c>.</summary>
/// <param name="name">The name in logs and the history.</param>
/// <param name="fromLogits">Whether predictions are logits; false (probabilities) by default.</param>
/// <param name="labelSmoothing">Label smoothing, which moves targets towards 0.5 by this fraction; 0 by default.</param>
public sealed class BinaryCrossentropy(string name = "binary_crossentropy", bool fromLogits = false, double labelSmoothing = 0)
    : LossMetric(name, new Losses.BinaryCrossentropy(fromLogits, labelSmoothing))
{
    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["from_logits"] = fromLogits;
        config["label_smoothing"] = labelSmoothing;
    }
}
