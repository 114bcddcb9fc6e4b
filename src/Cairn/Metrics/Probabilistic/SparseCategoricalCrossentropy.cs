using System.Text.Json.Nodes;
using Cairn.Losses;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Cross-entropy of integer class targets. Keras: <c>metrics.SparseCategoricalCrossentropy</c>.</summary>
/// <remarks>As in Keras, positions of an ignored class count as 0 without sample weights, and are excluded with sample weights.</remarks>
/// <param name="name">The name in logs and the history.</param>
/// <param name="fromLogits">Whether predictions are logits; false (probabilities) by default.</param>
/// <param name="ignoreClass">A class to ignore, or null (default).</param>
/// <param name="axis">The axis of the classes; the last by default.</param>
public sealed class SparseCategoricalCrossentropy(
    string name = "sparse_categorical_crossentropy", bool fromLogits = false, int? ignoreClass = null, int axis = -1)
    : LossMetric(name, new Losses.SparseCategoricalCrossentropy(fromLogits, ignoreClass, axis, reduction: "none"))
{
    /// <inheritdoc/>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        using DisposeScope scope = NewDisposeScope();
        if (ignoreClass is { } ignored && sampleWeight is not null)
        {
            Tensor labels = yTrue.dim() == yPred.dim() && yTrue.shape[^1] == 1 ? yTrue.squeeze(-1) : yTrue;
            (Tensor counted, sampleWeight) =
                RankAlignment.Align(labels.ne(Held(ignored)).to(ScalarType.Float32), sampleWeight.to(ScalarType.Float32));
            sampleWeight = sampleWeight * counted;
        }

        base.UpdateState(yTrue, yPred, sampleWeight);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["from_logits"] = fromLogits;
        config["ignore_class"] = ignoreClass;
        config["axis"] = axis;
    }
}
