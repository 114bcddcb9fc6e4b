using Cairn.Callbacks;
using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Weighted counts of true and false positives and negatives at several thresholds, optionally for several labels.</summary>
/// <remarks>All lists are ordered by threshold, then by label.</remarks>
internal sealed class ConfusionCounts
{
    private readonly float[] thresholds;
    private readonly bool evenlySpaced;
    private readonly double[]? labelWeights;
    private readonly BatchCounter batches;
    private readonly double[] truePositives;
    private readonly double[] falsePositives;
    private readonly double[] trueNegatives;
    private readonly double[] falseNegatives;

    /// <summary>Creates the counts.</summary>
    /// <param name="thresholds">The thresholds; predictions above one are positive for it.</param>
    /// <param name="evenlySpaced">
    /// Whether they are evenly spaced over [0, 1], possibly slightly beyond it at the ends, which allows one lookup per prediction.
    /// </param>
    /// <param name="labels">Number of columns to count separately; 1 to count all together.</param>
    /// <param name="labelWeights">A weight for each column if all are counted together, or null for 1.</param>
    public ConfusionCounts(IReadOnlyList<double> thresholds, bool evenlySpaced, int labels = 1, double[]? labelWeights = null)
    {
        this.labelWeights = labelWeights;
        batches = new BatchCounter(Count);
        this.thresholds = [.. thresholds.Select(t => (float)t)];
        this.evenlySpaced = evenlySpaced;
        Labels = labels;
        int length = thresholds.Count * labels;
        (truePositives, falsePositives, trueNegatives, falseNegatives) =
            (new double[length], new double[length], new double[length], new double[length]);
    }

    public int Labels { get; }

    public double[] TruePositives => Counted(truePositives);

    public double[] FalsePositives => Counted(falsePositives);

    public double[] TrueNegatives => Counted(trueNegatives);

    public double[] FalseNegatives => Counted(falseNegatives);

    private (string Name, double[] Counts)[] All =>
    [
        ("true_positives", truePositives), ("false_positives", falsePositives), ("true_negatives", trueNegatives),
        ("false_negatives", falseNegatives),
    ];

    /// <summary>Whether thresholds are evenly spaced over [0, 1], by Keras' criterion.</summary>
    public static bool AreEvenlySpaced(IReadOnlyList<double> thresholds)
    {
        int count = thresholds.Count;
        if (count < 3)
        {
            return false;
        }

        return !thresholds.Where((threshold, i) => Math.Abs(threshold - ((float)i / (count - 1))) > 1e-7 + (1e-5 * i / (count - 1))).Any();
    }

    /// <summary>Counts a batch.</summary>
    /// <param name="yTrue">Targets: 0 is negative, anything else is positive.</param>
    /// <param name="yPred">Predictions of the same shape.</param>
    /// <param name="sampleWeight">Weights per sample or position, or null for 1.</param>
    public void Add(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        (yPred, yTrue) = RankAlignment.Align(yPred, yTrue);
        long columns = yPred.dim() == 0 ? 1 : yPred.shape[^1];
        if (!yTrue.shape.AsSpan().SequenceEqual(yPred.shape))
        {
            throw new ArgumentException($"Targets of shape {(Shape)yTrue.shape} are incompatible with predictions of "
                + $"shape {(Shape)yPred.shape}.", nameof(yTrue));
        }

        if (Labels > 1 && columns != Labels)
        {
            throw new ArgumentException($"There are {Labels} labels, but the predictions of shape {(Shape)yPred.shape} "
                + $"have {columns} columns.", nameof(yPred));
        }

        if (labelWeights is not null && columns != labelWeights.Length)
        {
            throw new ArgumentException($"There are {labelWeights.Length} label weights for {columns} columns of predictions.",
                nameof(labelWeights));
        }

        batches.Add(yTrue, yPred, HostNumbers.WeightsFor(yPred.shape, sampleWeight));
    }

    /// <summary>The class of all targets, 0 or 1, if all belong to one class; null before the first.</summary>
    public int? TheOneClass
    {
        get
        {
            double positives = TruePositives[0] + FalseNegatives[0];
            double negatives = TrueNegatives[0] + FalsePositives[0];
            return positives + negatives == 0 || (positives > 0 && negatives > 0) ? null : positives > 0 ? 1 : 0;
        }
    }

    public void Reset()
    {
        batches.Forget();
        foreach ((_, double[] counts) in All)
        {
            Array.Clear(counts);
        }
    }

    public SavedState SaveState()
    {
        batches.CountWaiting();
        var state = new SavedState();
        foreach ((string name, double[] counts) in All)
        {
            state.Arrays[name] = counts.ToArray();
        }

        return state;
    }

    public void LoadState(SavedState state)
    {
        batches.Forget();
        foreach ((string name, double[] counts) in All)
        {
            state.GetDoubles(name).CopyTo(counts, 0);
        }
    }

    private double[] Counted(double[] counts)
    {
        batches.CountWaiting();
        return counts;
    }

    private void Count(float[] targets, float[] predictions, float[]? weights)
    {
        if (labelWeights is not null)
        {
            weights ??= Enumerable.Repeat(1f, predictions.Length).ToArray();
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] *= (float)labelWeights[i % labelWeights.Length];
            }
        }

        if (evenlySpaced)
        {
            AddByBucket(targets, predictions, weights);
        }
        else
        {
            AddByComparison(targets, predictions, weights);
        }
    }

    private void AddByComparison(float[] targets, float[] predictions, float[]? weights)
    {
        for (int i = 0; i < predictions.Length; i++)
        {
            bool isTrue = targets[i] != 0;
            float weight = weights is null ? 1 : weights[i];
            for (int t = 0; t < thresholds.Length; t++)
            {
                bool isPositive = predictions[i] > thresholds[t];
                double[] counts = isTrue ? (isPositive ? truePositives : falseNegatives) : (isPositive ? falsePositives : trueNegatives);
                counts[(t * Labels) + (i % Labels)] += weight;
            }
        }
    }

    // A prediction is above all thresholds up to its bucket; the counts are then sums from the last bucket down. The bucket index is
    // computed in float32 as in Keras, since it matters for predictions near a threshold.
    private void AddByBucket(float[] targets, float[] predictions, float[]? weights)
    {
        int last = thresholds.Length - 1;
        bool allAboveFirst = thresholds[0] < 0 || thresholds[last] > 1;
        double[] trueBuckets = new double[truePositives.Length];
        double[] falseBuckets = new double[truePositives.Length];
        double[] trueTotals = new double[Labels];
        double[] falseTotals = new double[Labels];
        for (int i = 0; i < predictions.Length; i++)
        {
            bool isTrue = targets[i] != 0;
            float weight = weights is null ? 1 : weights[i];
            int label = i % Labels;
            (isTrue ? trueTotals : falseTotals)[label] += weight;
            if (float.IsNaN(predictions[i]))
            {
                continue;
            }

            int bucket = (int)MathF.Ceiling(Math.Clamp(predictions[i], 0, 1) * last) - 1;
            if (allAboveFirst)
            {
                bucket = Math.Max(bucket, 0);
            }

            if (bucket >= 0)
            {
                (isTrue ? trueBuckets : falseBuckets)[(bucket * Labels) + label] += weight;
            }
        }

        for (int label = 0; label < Labels; label++)
        {
            double trueAbove = 0;
            double falseAbove = 0;
            for (int t = last; t >= 0; t--)
            {
                int at = (t * Labels) + label;
                truePositives[at] += trueAbove += trueBuckets[at];
                falsePositives[at] += falseAbove += falseBuckets[at];
                falseNegatives[at] += trueTotals[label] - trueAbove;
                trueNegatives[at] += falseTotals[label] - falseAbove;
            }
        }
    }
}
