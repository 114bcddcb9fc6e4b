using System.Text.Json.Nodes;
using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>
/// The negative cosine of the angle between targets and predictions: -1 if they have the same direction. Keras:
/// <c>losses.CosineSimilarity</c>.
/// </summary>
/// <remarks>The metric of this name has the opposite sign: 1 if they have the same direction.</remarks>
/// <param name="axis">The axis along which to compute the similarity; the last by default.</param>
/// <param name="reduction">The reduction over the samples; their mean by default.</param>
/// <param name="name">The name of the loss.</param>
public sealed class CosineSimilarity(int axis = -1, string reduction = "sum_over_batch_size", string name = "cosine_similarity")
    : Loss(name, reduction)
{
    private const double LeastSquaredLength = CrossentropyLoss.Epsilon * CrossentropyLoss.Epsilon;

    /// <summary>The axis along which to compute the similarity.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        return (Direction(yTrue) * Direction(yPred)).sum(Axis).neg();
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["axis"] = Axis;

    // The squared norm is clamped before taking the root, so that a zero vector has a gradient.
    private Tensor Direction(Tensor vectors) =>
        vectors * AtLeast.Of(vectors.Squared().sum(Axis, keepdim: true), LeastSquaredLength).rsqrt();
}
