using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// <c>(1 - p^q) / q</c>, where p is the predicted probability of the true class: interpolates between cross-entropy (q near 0) and absolute
/// error (q near 1); robust to noisy labels. Keras: <c>losses.CategoricalGeneralizedCrossEntropy</c>.
/// </summary>
/// <remarks>Targets <c>[batch]</c> or <c>[batch, 1]</c> are class indices, predictions <c>[batch, classes]</c> are probabilities.</remarks>
public sealed class CategoricalGeneralizedCrossEntropy : Loss
{
    /// <summary>Creates a generalized cross-entropy.</summary>
    /// <param name="q">The robustness to noisy labels, above 0 and below 1; 0.5 by default.</param>
    /// <param name="reduction">The reduction over the samples; their mean by default.</param>
    /// <param name="name">The name of the loss.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="q"/> is not between 0 and 1.</exception>
    public CategoricalGeneralizedCrossEntropy(
        double q = 0.5, string reduction = "sum_over_batch_size", string name = "categorical_generalized_cross_entropy")
        : base(name, reduction)
    {
        if (q is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(q), q, "q must be above 0 and below 1.");
        }

        Q = q;
    }

    /// <summary>The robustness to noisy labels.</summary>
    public double Q { get; }

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        Tensor labels = RankAlignment.ClassNumbers(yTrue, yPred).to(ScalarType.Int64);

        // By comparison, not by gather: a class that does not exist has the probability 0, as in Keras.
        Tensor isTrue = labels.unsqueeze(-1).eq(arange(Held(0), Held(yPred.shape[^1]), Held(1), device: labels.device)).to(yPred.dtype);
        return Held(1f).Minus((yPred * isTrue).sum(-1).pow(Held((float)Q))) / Held((float)Q);
    }

    internal override void CheckShapes(Shape yTrue, Shape yPred, string argument) =>
        RankAlignment.RequireClassNumbers(ClassName, yTrue, yPred, argument);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["q"] = Q;
}
