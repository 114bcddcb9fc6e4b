using System.ComponentModel;
using System.Text.Json.Nodes;

namespace Cairn.Metrics;

/// <summary>
/// The best value of one rate over all thresholds at which another rate reaches the required minimum; 0 if there are none.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ConstrainedMetric : ConfusionMetric
{
    private readonly int numThresholds;
    private readonly double least;
    private readonly string argument;

    private protected ConstrainedMetric(string name, double least, string argument, int numThresholds, int? classId)
        : base(name, ThresholdGrid.Closed(numThresholds), evenlySpaced: numThresholds > 1, classId: classId)
    {
        if (least is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(argument, least, $"{argument} must be in [0, 1].");
        }

        this.least = least;
        this.argument = argument;
        this.numThresholds = numThresholds;
    }

    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Up;

    /// <inheritdoc/>
    public override double[] Results()
    {
        // Both sides in float32, as in Keras: it matters when the rate equals the minimum.
        double best = Constrained.Zip(Maximized).Where(rates => (float)rates.First >= (float)least).Select(rates => rates.Second)
            .DefaultIfEmpty().Max();
        return [Math.Max(best, 0)];
    }

    private protected double[] Sensitivities => Share(Counts.TruePositives, Counts.FalseNegatives);

    private protected double[] Specificities => Share(Counts.TrueNegatives, Counts.FalsePositives);

    private protected double[] Precisions => Share(Counts.TruePositives, Counts.FalsePositives);

    /// <summary>The constrained rate at each threshold.</summary>
    private protected abstract double[] Constrained { get; }

    /// <summary>The rate to maximize at each threshold.</summary>
    private protected abstract double[] Maximized { get; }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["class_id"] = ClassId;
        config["num_thresholds"] = numThresholds;
        config[argument] = least;
    }
}
