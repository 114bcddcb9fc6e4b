using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>F-beta score, the weighted harmonic mean of precision and recall, for each class. Keras: <c>metrics.FBetaScore</c>.</summary>
/// <remarks>Targets and predictions have the shape <c>[batch, classes]</c>; targets are 0 and 1.</remarks>
public class FBetaScore : Metric
{
    private static readonly string[] Averages = ["micro", "macro", "weighted"];

    private readonly string? average;
    private readonly double beta;
    private readonly double? threshold;
    private readonly BatchCounter batches;
    private double[]? truePositives;
    private double[]? falsePositives;
    private double[]? falseNegatives;

    /// <summary>Creates an F-beta score.</summary>
    /// <param name="average">
    /// The averaging over the classes: <c>macro</c> (unweighted mean), <c>weighted</c> (by class frequency), <c>micro</c> (global counts),
    /// or null (default) for one value per class in <see cref="Metric.Results"/>; <see cref="Metric.Result"/> is then their mean.
    /// </param>
    /// <param name="beta">The weight of recall relative to precision, above 0; 1 by default.</param>
    /// <param name="threshold">
    /// Predictions above the threshold are positive, above 0 and at most 1; null (default) for only the largest one of each sample.
    /// </param>
    /// <param name="name">The name in logs and the history.</param>
    /// <exception cref="ArgumentException">An argument is invalid; the message names it.</exception>
    public FBetaScore(string? average = null, double beta = 1, double? threshold = null, string name = "fbeta_score")
        : base(name)
    {
        if (average is not null && !Averages.Contains(average))
        {
            throw new ArgumentException($"Unknown average '{average}'. {NearestName.Hint(average, Averages)}", nameof(average));
        }

        if (beta is not (> 0 and < double.PositiveInfinity))
        {
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "beta must be above 0.");
        }

        if (threshold is not (null or (> 0 and <= 1)))
        {
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "threshold must be above 0 and at most 1, or null.");
        }

        this.average = average;
        this.beta = beta;
        this.threshold = threshold;
        batches = new BatchCounter(Count);
    }

    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Up;

    /// <inheritdoc/>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        using DisposeScope scope = NewDisposeScope();
        (yTrue, yPred) = RankAlignment.Align(yTrue, yPred);
        int classes = (int)Columns.Check(ClassName, yTrue, yPred);
        truePositives ??= new double[classes];
        falsePositives ??= new double[classes];
        falseNegatives ??= new double[classes];
        if (classes != truePositives.Length)
        {
            throw new ArgumentException($"Earlier batches of {ClassName} had {truePositives.Length} classes; got {classes}.",
                nameof(yPred));
        }

        batches.Add(yTrue, yPred, HostNumbers.WeightsFor(yTrue.shape, sampleWeight));
    }

    internal override void CheckShapes(Shape yTrue, Shape yPred, string argument) =>
        RankAlignment.RequireAlike(ClassName, yTrue, yPred, argument);

    /// <inheritdoc/>
    public override double Result() => (float)Results().Average();

    /// <inheritdoc/>
    public override double[] Results()
    {
        batches.CountWaiting();
        if (truePositives is null)
        {
            return [0];
        }

        if (average == "micro")
        {
            return [Score(truePositives.Sum(), falsePositives!.Sum(), falseNegatives!.Sum())];
        }

        double[] scores = [.. truePositives.Select((count, c) => Score(count, falsePositives![c], falseNegatives![c]))];
        if (average is null)
        {
            return scores;
        }

        if (average == "macro")
        {
            return [scores.Average()];
        }

        double[] frequencies = [.. truePositives.Zip(falseNegatives!, (found, missed) => found + missed)];
        return [scores.Zip(frequencies, (score, frequency) => score * frequency).Sum() / (frequencies.Sum() + CrossentropyLoss.Epsilon)];
    }

    /// <inheritdoc/>
    public override void ResetState()
    {
        batches.Forget();
        foreach (double[]? counts in new[] { truePositives, falsePositives, falseNegatives })
        {
            Array.Clear(counts ?? []);
        }
    }

    /// <inheritdoc/>
    public override bool StateAddsUp => true;

    /// <inheritdoc/>
    public override SavedState? SaveState()
    {
        batches.CountWaiting();
        var state = new SavedState();
        if (truePositives is null)
        {
            return state;
        }

        state.Arrays["true_positives"] = truePositives.ToArray();
        state.Arrays["false_positives"] = falsePositives!.ToArray();
        state.Arrays["false_negatives"] = falseNegatives!.ToArray();
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        batches.Forget();
        (truePositives, falsePositives, falseNegatives) = state.Arrays.Count == 0
            ? (null, null, null)
            : (state.GetDoubles("true_positives"), state.GetDoubles("false_positives"), state.GetDoubles("false_negatives"));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["average"] = average;
        config["beta"] = beta;
        config["threshold"] = threshold;
    }

    private void Count(float[] targets, float[] predictions, float[]? weights)
    {
        int classes = truePositives!.Length;
        for (int start = 0; start < predictions.Length; start += classes)
        {
            ReadOnlySpan<float> row = predictions.AsSpan(start, classes);
            float largest = float.NegativeInfinity;
            foreach (float prediction in row)
            {
                largest = MathF.Max(largest, prediction);
            }

            for (int c = 0; c < classes; c++)
            {
                // Ties for the largest prediction all count, but a row of zeros has none.
                bool isPositive = threshold is { } above ? row[c] > (float)above : row[c] >= largest && MathF.Abs(row[c]) > 1e-9f;
                float target = targets[start + c];
                float weight = weights is null ? 1 : weights[start + c];
                truePositives[c] += isPositive ? target * weight : 0;
                falsePositives![c] += isPositive ? (1 - target) * weight : 0;
                falseNegatives![c] += isPositive ? 0 : target * weight;
            }
        }
    }

    private double Score(double truePositives, double falsePositives, double falseNegatives)
    {
        double precision = truePositives / (truePositives + falsePositives + CrossentropyLoss.Epsilon);
        double recall = truePositives / (truePositives + falseNegatives + CrossentropyLoss.Epsilon);
        double square = beta * beta;
        return precision * recall / ((square * precision) + recall + CrossentropyLoss.Epsilon) * (1 + square);
    }
}
