using System.Text.Json.Nodes;
using Cairn.Losses;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>
/// Mean of Lin's concordance correlation of each sample's targets and predictions: Pearson's correlation, reduced if means or variances
/// differ. Keras: <c>metrics.ConcordanceCorrelation</c>.
/// </summary>
/// <param name="name">The name in logs and the history.</param>
/// <param name="axis">The axis along which to compute the correlation; the last by default, which needs more than one output.</param>
public sealed class ConcordanceCorrelation(string name = "concordance_correlation", int axis = -1) : MeanMetric(name)
{
    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Up;

    /// <inheritdoc/>
    protected override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Pair(yTrue.to(yPred.dtype), yPred);
        Tensor trueMean = yTrue.mean([axis], keepdim: true);
        Tensor predictedMean = yPred.mean([axis], keepdim: true);
        Tensor covariance = (yTrue - predictedMean) * (yPred - predictedMean);
        Tensor spread = Variance(yTrue).Plus(Variance(yPred)).Plus((trueMean - predictedMean).Squared());
        return (covariance * Held(2f) / spread.Plus(Held((float)CrossentropyLoss.Epsilon))).mean([axis]);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["axis"] = axis;

    private Tensor Variance(Tensor values) => values.var([(long)axis], unbiased: false, keepdim: true);
}
