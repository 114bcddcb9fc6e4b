using System.Text.Json.Nodes;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// <c>(1 - p^q) / q</c>, p the probability given to the true class: between cross-entropy (q near 0) and absolute error (q near 1), for
/// labels that are partly wrong. Keras: <c>losses.CategoricalGeneralizedCrossEntropy</c>.
/// </summary>
/// <remarks>Targets <c>[batch]</c> or <c>[batch, 1]</c> are class numbers, predictions <c>[batch, classes]</c> probabilities.</remarks>
public sealed class CategoricalGeneralizedCrossEntropy : Loss
{
    /// <summary>Makes a generalized cross-entropy.</summary>
    /// <param name="q">How little wrong labels count, more than 0 and less than 1; 0.5 by default.</param>
    /// <param name="reduction">How samples become one number; their mean by default.</param>
    /// <param name="name">The loss' name.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="q"/> is not between 0 and 1.</exception>
    public CategoricalGeneralizedCrossEntropy(
        double q = 0.5, string reduction = "sum_over_batch_size", string name = "categorical_generalized_cross_entropy")
        : base(name, reduction)
    {
        if (q is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(q), q, "q is more than 0 and less than 1.");
        }

        Q = q;
    }

    /// <summary>How little wrong labels count.</summary>
    public double Q { get; }

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        Tensor labels = yTrue.to(ScalarType.Int64);
        if (labels.dim() == yPred.dim() && labels.shape[^1] == 1)
        {
            labels = labels.squeeze(-1);
        }

        // By comparison and not by gathering: a class that does not exist has the probability 0, as in Keras.
        Tensor isTrue = labels.unsqueeze(-1).eq(arange(Held(yPred.shape[^1]), device: labels.device)).to(yPred.dtype);
        return (1f - (yPred * isTrue).sum(-1).pow(Held((float)Q))) / (float)Q;
    }

    internal override void CheckShapes(Shape yTrue, Shape yPred, string argument)
    {
        Shape labels = yTrue.Rank == yPred.Rank && yTrue[^1] == 1 ? yTrue[..^1] : yTrue;
        if (!yPred[..^1].IsCompatibleWith(labels))
        {
            throw new ArgumentException(
                $"The targets have the shape {yTrue} and the model's output has the shape {yPred}; {ClassName} needs one class "
                    + "number for each "
                + $"{yPred[..^1]} of the output.",
                argument);
        }
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["q"] = Q;
}
