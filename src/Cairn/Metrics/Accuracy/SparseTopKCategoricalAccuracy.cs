using System.Text.Json.Nodes;
using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>
/// Fraction of samples whose class is among the k largest predictions. Keras: <c>metrics.SparseTopKCategoricalAccuracy</c>.
/// </summary>
/// <remarks>
/// Targets are class indices, <c>[...]</c> or <c>[..., 1]</c>, predictions <c>[..., classes]</c>. Ties with the k-th largest prediction
/// count.
/// </remarks>
/// <param name="k">The number of top predictions to consider, 1 to the number of classes; 5 by default.</param>
/// <param name="name">The name in logs and the history.</param>
/// <param name="fromSortedIds">Whether predictions are class indices sorted by score, best first; false by default.</param>
public sealed class SparseTopKCategoricalAccuracy(int k = 5, string name = "sparse_top_k_categorical_accuracy", bool fromSortedIds = false)
    : MeanMetric(name)
{
    private readonly int k = TopK.Check(k);

    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Up;

    /// <inheritdoc/>
    protected override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        yTrue = RankAlignment.ClassNumbers(yTrue, yPred);
        if (!fromSortedIds)
        {
            return TopK.Holds(yTrue.to(ScalarType.Int64), yPred, k);
        }

        Tensor best = yPred.narrow(-1, 0, Math.Min(k, yPred.shape[^1]));
        return best.eq(yTrue.to(yPred.dtype).unsqueeze(-1)).any(-1);
    }

    internal override void CheckShapes(Shape yTrue, Shape yPred, string argument) =>
        RankAlignment.RequireClassNumbers(ClassName, yTrue, yPred, argument);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["k"] = k;
        if (fromSortedIds)
        {
            config["from_sorted_ids"] = true;
        }
    }
}
