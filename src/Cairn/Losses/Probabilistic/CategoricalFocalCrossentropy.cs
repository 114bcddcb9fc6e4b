using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// Focal cross-entropy of one-hot targets <c>[batch, classes]</c>, which down-weights easy examples:
/// <c>Σ alpha · (1 - p)^gamma · -yTrue · log(p)</c>. Keras: <c>losses.CategoricalFocalCrossentropy</c>.
/// </summary>
/// <param name="alpha">The weight of all classes; 0.25 by default.</param>
/// <param name="gamma">The focusing parameter, 0 (no focusing) or more; 2 by default.</param>
/// <param name="fromLogits">Whether predictions are logits; false (probabilities) by default.</param>
/// <param name="labelSmoothing">Label smoothing: fraction of the target to distribute evenly over all classes; 0 by default.</param>
/// <param name="axis">The axis of the classes; the last by default.</param>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
public sealed class CategoricalFocalCrossentropy(
    double alpha = 0.25,
    double gamma = 2,
    bool fromLogits = false,
    double labelSmoothing = 0,
    int axis = -1,
    string reduction = "sum_over_batch_size",
    string name = "categorical_focal_crossentropy")
    : CrossentropyLoss(name, reduction, fromLogits, labelSmoothing, axis)
{
    /// <summary>The weight of all classes.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>The focusing parameter.</summary>
    public double Gamma { get; } = gamma;

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        if (LabelSmoothing != 0)
        {
            yTrue = (yTrue * Held((float)(1 - LabelSmoothing))).Plus(Held((float)(LabelSmoothing / yPred.size(Axis))));
        }

        if (FromLogits)
        {
            yPred = nn.functional.softmax(yPred, Axis);
        }

        Tensor probabilities = (yPred / yPred.sum(Axis, keepdim: true)).clamp(Held(Epsilon), Held(1 - Epsilon));
        return (Held(1f).Minus(probabilities).pow(Held((float)Gamma)) * Held((float)Alpha) * (yTrue * probabilities.log())).sum(Axis).neg();
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["alpha"] = Alpha;
        config["gamma"] = Gamma;
    }
}
