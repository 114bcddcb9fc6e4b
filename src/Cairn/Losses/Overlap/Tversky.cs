using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// Tversky loss: 1 minus the overlap of targets and predictions, relative to the overlap plus the weighted false positives and negatives; a
/// weighted <see cref="Dice"/>. Keras: <c>losses.Tversky</c>.
/// </summary>
/// <param name="alpha">The weight of the false positives; 0.5 by default.</param>
/// <param name="beta">The weight of the false negatives; 0.5 by default.</param>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
/// <param name="axis">
/// The axes to sum over; null (default) for all, including the batch axis; <c>[1, 2, 3]</c> for one value per image.
/// </param>
public sealed class Tversky(
    double alpha = 0.5, double beta = 0.5, string reduction = "sum_over_batch_size", string name = "tversky",
    IReadOnlyList<int>? axis = null)
    : OverlapLoss(name, reduction, axis)
{
    /// <summary>The weight of the false positives.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>The weight of the false negatives.</summary>
    public double Beta { get; } = beta;

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        Tensor overlap = Sum(yTrue * yPred);
        Tensor falsePositives = Sum(Held(1f).Minus(yTrue) * yPred);
        Tensor falseNegatives = Sum(yTrue * Held(1f).Minus(yPred));
        Tensor whole = overlap.Plus(falsePositives * Held((float)Alpha)).Plus(falseNegatives * Held((float)Beta))
            .Plus(Held((float)CrossentropyLoss.Epsilon));
        return Held(1f).Minus(overlap / whole);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["alpha"] = Alpha;
        config["beta"] = Beta;
        base.WriteConfig(config);
    }
}
