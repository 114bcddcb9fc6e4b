using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>The negative cosine of the angle between targets and predictions: -1 where they point the same way. Keras: <c>losses.CosineSimilarity</c>.</summary>
/// <remarks>The metric of this name counts the other way round: 1 where they point the same way.</remarks>
/// <param name="axis">The axis along which the vectors lie; the last by default.</param>
/// <param name="reduction">How samples become one number; their mean by default.</param>
/// <param name="name">The loss' name.</param>
public sealed class CosineSimilarity(int axis = -1, string reduction = "sum_over_batch_size", string name = "cosine_similarity")
    : Loss(name, reduction)
{
    private const double LeastSquaredLength = CrossentropyLoss.Epsilon * CrossentropyLoss.Epsilon;

    /// <summary>The axis along which the vectors lie.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Align(yTrue.to(yPred.dtype), yPred);
        return (Direction(yTrue) * Direction(yPred)).sum(Axis).neg();
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["axis"] = Axis;

    // The squared length is bounded before the root is taken, so that a zero vector has a gradient.
    private Tensor Direction(Tensor vectors) =>
        vectors * vectors.square().sum(Axis, keepdim: true).clamp_min(Held(LeastSquaredLength)).rsqrt();
}
