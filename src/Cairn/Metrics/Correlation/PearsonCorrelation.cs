using System.Text.Json.Nodes;
using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Mean Pearson correlation of each sample's targets and predictions. Keras: <c>metrics.PearsonCorrelation</c>.</summary>
/// <param name="name">The name in logs and the history.</param>
/// <param name="axis">The axis along which to compute the correlation; the last by default, which needs more than one output.</param>
public sealed class PearsonCorrelation(string name = "pearson_correlation", int axis = -1) : MeanMetric(name)
{
    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Up;

    /// <inheritdoc/>
    protected override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        return (Standardized(yTrue) * Standardized(yPred)).mean([axis]);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["axis"] = axis;

    private Tensor Standardized(Tensor values)
    {
        Tensor centred = values - values.mean([axis], keepdim: true);
        return centred / centred.std([(long)axis], unbiased: false, keepdim: true);
    }
}
