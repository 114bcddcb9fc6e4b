using System.Text.Json.Nodes;

namespace Cairn.Metrics;

/// <summary>Cross-entropy of one-hot targets. Keras: <c>metrics.CategoricalCrossentropy</c>.</summary>
/// <param name="name">The name in logs and the history.</param>
/// <param name="fromLogits">Whether predictions are logits; false (probabilities) by default.</param>
/// <param name="labelSmoothing">Label smoothing: fraction of the target to distribute evenly over all classes; 0 by default.</param>
/// <param name="axis">The axis of the classes; the last by default.</param>
public sealed class CategoricalCrossentropy(
    string name = "categorical_crossentropy", bool fromLogits = false, double labelSmoothing = 0, int axis = -1)
    : LossMetric(name, new Losses.CategoricalCrossentropy(fromLogits, labelSmoothing, axis))
{
    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["from_logits"] = fromLogits;
        config["label_smoothing"] = labelSmoothing;
        config["axis"] = axis;
    }
}
