using System.Text.Json.Nodes;
using Cairn.Native;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// Circle loss: maximizes the similarity of embeddings within a class and minimizes it between classes, over all pairs in a batch.
/// Keras: <c>losses.Circle</c>.
/// </summary>
/// <remarks>
/// Targets <c>[batch]</c> are class indices, predictions <c>[batch, features]</c> are embeddings of norm 1. Averaging reductions ignore
/// samples without a positive or without a negative pair.
/// </remarks>
/// <param name="gamma">The scale of the similarities; 80 by default.</param>
/// <param name="margin">The relaxation margin, 0 to 1; 0.4 by default.</param>
/// <param name="removeDiagonal">Whether to exclude the pair of a sample with itself; true by default.</param>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
public sealed class Circle(
    double gamma = 80, double margin = 0.4, bool removeDiagonal = true, string reduction = "sum_over_batch_size", string name = "circle")
    : Loss(name, reduction)
{
    /// <summary>The scale of the similarities.</summary>
    public double Gamma { get; } = gamma;

    /// <summary>The relaxation margin.</summary>
    public double Margin { get; } = margin;

    /// <summary>Whether to exclude the pair of a sample with itself.</summary>
    public bool RemoveDiagonal { get; } = removeDiagonal;

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        Tensor labels = yTrue.to(ScalarType.Int64).reshape(-1, 1);
        Tensor same = labels.eq(labels.transpose(0, 1));
        Tensor different = same.logical_not();
        if (RemoveDiagonal)
        {
            same = same & eye(labels.shape[0], dtype: ScalarType.Bool, device: labels.device).logical_not();
        }

        Tensor distance = AtLeast.Of(Held(1f).Minus(yPred.MatrixProduct(yPred.transpose(0, 1))), 0);
        Tensor toSame = AtLeast.Of(distance.Plus(Held((float)Margin)), 0) * (distance - Held((float)Margin)) * Held((float)Gamma);
        Tensor toDifferent = AtLeast.Of(Held((float)(1 + Margin)).Minus(distance), 0) * Held((float)(1 - Margin))
            .Minus(distance) * Held((float)Gamma);
        return Counted(LogSumExp(toSame, same).Plus(LogSumExp(toDifferent, different)).Softplus());
    }

    internal override void CheckShapes(Shape yTrue, Shape yPred, string argument)
    {
        if (yPred.Rank != 2 || !(yTrue.Rank == 1 || (yTrue.Rank == 2 && yTrue[1] == 1)))
        {
            throw new ArgumentException(
                $"The targets have the shape {yTrue} and the model's output has the shape {yPred}; Circle needs one class index per sample "
                + "and (batch, features).",
                argument);
        }
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["gamma"] = Gamma;
        config["margin"] = Margin;
        config["remove_diagonal"] = RemoveDiagonal;
    }

    private static Tensor LogSumExp(Tensor values, Tensor counted) =>
        values.where(counted, full_like(values, Held(float.NegativeInfinity))).logsumexp(1);

    // Keras masks zeros: the weights turn the mean over all samples into the mean over the others.
    private Tensor Counted(Tensor values)
    {
        if (Reduction is "sum" or "none")
        {
            return values;
        }

        Tensor counts = values.detach().gt(Held(0)).to(values.dtype);
        return values * counts * (Held(counts.NumberOfElements) / counts.sum().clamp_min(Held(1)));
    }
}
