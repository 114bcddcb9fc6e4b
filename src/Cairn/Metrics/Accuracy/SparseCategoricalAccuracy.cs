using Cairn.Losses;
using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Fraction of samples whose largest prediction is at the target class. Keras: <c>metrics.SparseCategoricalAccuracy</c>.</summary>
/// <remarks>Targets are class indices, <c>[...]</c> or <c>[..., 1]</c>, predictions <c>[..., classes]</c>.</remarks>
/// <param name="name">The name in logs and the history.</param>
public sealed class SparseCategoricalAccuracy(string name = "sparse_categorical_accuracy") : MeanMetric(name)
{
    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Up;

    /// <inheritdoc/>
    protected override Tensor Values(Tensor yTrue, Tensor yPred) =>
        yPred.argmax(-1).eq(RankAlignment.ClassNumbers(yTrue, yPred).to(ScalarType.Int64));

    internal override void CheckShapes(Shape yTrue, Shape yPred, string argument) =>
        RankAlignment.RequireClassNumbers(ClassName, yTrue, yPred, argument);

    // A loss that counts hits has compared the same scores with class indices.
    private protected override bool TakesHits(Tensor yTrue) => yTrue.dtype == ScalarType.Int64;

    private protected override bool TrySum(Tensor yTrue, Tensor yPred, out double sum, out long samples)
    {
        (sum, samples) = (0, 0);
        if (!ClassScores.TryReach(yTrue, yPred, out ClassScores scores))
        {
            return false;
        }

        for (int sample = 0; sample < scores.Count; sample++)
        {
            if (ClassScores.IndexOfLargest(scores.Row(sample)) == scores.Label(sample))
            {
                sum++;
            }
        }

        samples = scores.Count;
        return true;
    }
}
