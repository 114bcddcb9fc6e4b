using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>
/// Coefficient of determination (R²): the fraction of the targets' variance explained by the predictions. Keras: <c>metrics.R2Score</c>.
/// </summary>
/// <remarks>
/// Targets and predictions have the shape <c>[batch, outputs]</c>. 1 is perfect, 0 is as good as predicting the mean, and negative values
/// are worse; NaN before the first batch.
/// </remarks>
public sealed class R2Score : Metric
{
    private static readonly string[] Aggregations = ["uniform_average", "variance_weighted_average"];

    private readonly string? classAggregation;
    private readonly int numRegressors;
    private readonly BatchCounter batches;
    private Sums[]? outputs;
    private long samples;

    /// <summary>Creates an R² score.</summary>
    /// <param name="classAggregation">
    /// The aggregation over the outputs: <c>uniform_average</c> (default), <c>variance_weighted_average</c>, or null for one value per
    /// output in <see cref="Results"/>; <see cref="Result"/> is then their mean.
    /// </param>
    /// <param name="numRegressors">
    /// The number of independent regressors, for the adjusted score, 0 or more; 0 (default) for the standard score, which is also used if
    /// there are too few samples.
    /// </param>
    /// <param name="name">The name in logs and the history.</param>
    /// <exception cref="ArgumentException">An argument is invalid; the message names it.</exception>
    public R2Score(string? classAggregation = "uniform_average", int numRegressors = 0, string name = "r2_score")
        : base(name)
    {
        if (classAggregation is not null && !Aggregations.Contains(classAggregation))
        {
            throw new ArgumentException(
                $"Unknown classAggregation '{classAggregation}'. {NearestName.Hint(classAggregation, Aggregations)}",
                nameof(classAggregation));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(numRegressors);
        this.classAggregation = classAggregation;
        this.numRegressors = numRegressors;
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
        int columns = (int)Columns.Check(ClassName, yTrue, yPred);
        outputs ??= new Sums[columns];
        if (columns != outputs.Length)
        {
            throw new ArgumentException($"Earlier batches of R2Score had {outputs.Length} outputs; got {columns}.", nameof(yPred));
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
        if (outputs is null)
        {
            return [double.NaN];
        }

        double[] scores = [.. outputs.Select(output => output.Score)];
        double[] aggregated = classAggregation switch
        {
            null => scores,
            "uniform_average" => [scores.Average()],
            _ => [scores.Zip(outputs, (score, output) => score * output.Variation).Sum() / outputs.Sum(output => output.Variation)],
        };
        return numRegressors == 0 || numRegressors >= samples - 1
            ? aggregated
            : [.. aggregated.Select(score => 1 - ((1 - score) * (samples - 1) / (samples - numRegressors - 1)))];
    }

    /// <inheritdoc/>
    public override void ResetState()
    {
        batches.Forget();
        Array.Clear(outputs ?? []);
        samples = 0;
    }

    /// <inheritdoc/>
    public override bool StateAddsUp => true;

    /// <inheritdoc/>
    public override SavedState? SaveState()
    {
        batches.CountWaiting();
        var state = new SavedState();
        state.Set("samples", samples);
        if (outputs is not null)
        {
            state.Arrays["outputs"] = MemoryMarshal.Cast<Sums, double>(outputs).ToArray();
        }

        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        batches.Forget();
        samples = state.GetInt64("samples");
        outputs = state.Arrays.Count == 0 ? null : MemoryMarshal.Cast<double, Sums>(state.GetDoubles("outputs")).ToArray();
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["class_aggregation"] = classAggregation;
        config["num_regressors"] = numRegressors;
    }

    private void Count(float[] targets, float[] predictions, float[]? weights)
    {
        int columns = outputs!.Length;
        for (int start = 0; start < targets.Length; start += columns)
        {
            bool counts = weights is null;
            for (int c = 0; c < columns; c++)
            {
                double weight = weights is null ? 1 : weights[start + c];
                outputs[c].Add(targets[start + c], predictions[start + c], weight);
                counts |= weight != 0;
            }

            if (counts)
            {
                samples++;
            }
        }
    }

    private struct Sums
    {
        private double weight;
        private double sum;
        private double squares;
        private double residual;

        public readonly double Variation => squares - (sum * (sum / weight));

        public readonly double Score => 1 - (residual / Variation) is var score && double.IsInfinity(score) ? 0 : score;

        public void Add(double target, double prediction, double weight)
        {
            this.weight += weight;
            sum += target * weight;
            squares += target * target * weight;
            residual += (target - prediction) * (target - prediction) * weight;
        }
    }
}
