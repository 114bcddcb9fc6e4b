using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>
/// Mean cosine of the angle between targets and predictions: 1 if they have the same direction. Keras: <c>metrics.CosineSimilarity</c>.
/// </summary>
/// <param name="name">The name in logs and the history.</param>
/// <param name="axis">The axis along which to compute the similarity; the last by default.</param>
public sealed class CosineSimilarity(string name = "cosine_similarity", int axis = -1) : MeanMetric(name)
{
    private readonly Losses.CosineSimilarity loss = new(axis);

    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Up;

    /// <inheritdoc/>
    protected override Tensor Values(Tensor yTrue, Tensor yPred) => loss.Call(yTrue, yPred).neg();

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["axis"] = axis;
}
