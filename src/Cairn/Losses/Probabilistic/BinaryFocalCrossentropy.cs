using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// Binary focal cross-entropy, which down-weights easy examples: <c>(1 - p)^gamma · -log(p)</c>, where p is the predicted probability of
/// the true label; averaged over the last axis. Keras: <c>losses.BinaryFocalCrossentropy</c>.
/// </summary>
/// <param name="applyClassBalancing">
/// Whether to weight class 1 by <paramref name="alpha"/> and class 0 by <c>1 - alpha</c>; false by default.
/// </param>
/// <param name="alpha">The weight of class 1, used with <paramref name="applyClassBalancing"/>; 0.25 by default.</param>
/// <param name="gamma">The focusing parameter, 0 (no focusing) or more; 2 by default.</param>
/// <param name="fromLogits">Whether predictions are logits; false (probabilities) by default.</param>
/// <param name="labelSmoothing">Label smoothing, which moves targets towards 0.5 by this fraction; 0 by default.</param>
/// <param name="axis">The axis to average over; the last by default.</param>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
public sealed class BinaryFocalCrossentropy(
    bool applyClassBalancing = false,
    double alpha = 0.25,
    double gamma = 2,
    bool fromLogits = false,
    double labelSmoothing = 0,
    int axis = -1,
    string reduction = "sum_over_batch_size",
    string name = "binary_focal_crossentropy")
    : CrossentropyLoss(name, reduction, fromLogits, labelSmoothing, axis)
{
    /// <summary>Whether to weight the classes by <see cref="Alpha"/>.</summary>
    public bool ApplyClassBalancing { get; } = applyClassBalancing;

    /// <summary>The weight of class 1.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>The focusing parameter.</summary>
    public double Gamma { get; } = gamma;

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        if (LabelSmoothing != 0)
        {
            yTrue = (yTrue * Held((float)(1 - LabelSmoothing))).Plus(Held((float)(0.5 * LabelSmoothing)));
        }

        if (FromLogits)
        {
            yPred = yPred.sigmoid();
        }

        Tensor crossentropy = nn.functional.binary_cross_entropy(yPred.clamp(Held(Epsilon), Held(1 - Epsilon)), yTrue,
            reduction: nn.Reduction.None);
        Tensor trueProbability = (yTrue * yPred).Plus(Held(1f).Minus(yTrue) * Held(1f).Minus(yPred));
        Tensor values = Held(1f).Minus(trueProbability).pow(Held((float)Gamma)) * crossentropy;
        if (ApplyClassBalancing)
        {
            values = ((yTrue * Held((float)Alpha)).Plus(Held(1f).Minus(yTrue) * Held((float)(1 - Alpha)))) * values;
        }

        return values.mean([Axis]);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["apply_class_balancing"] = ApplyClassBalancing;
        config["alpha"] = Alpha;
        config["gamma"] = Gamma;
    }
}
