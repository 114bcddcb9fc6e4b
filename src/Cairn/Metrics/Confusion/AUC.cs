using System.Text.Json.Nodes;
using Cairn.Callbacks;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Area under the ROC or precision-recall curve, approximated at thresholds. Keras: <c>metrics.AUC</c>.</summary>
/// <remarks>Targets are 0 and 1; predictions have the same shape and are in [0, 1] (or are logits).</remarks>
public sealed class AUC : Metric
{
    private static readonly string[] Curves = ["ROC", "PR", "PRGAIN"];
    private static readonly string[] SummationMethods = ["interpolation", "minoring", "majoring"];

    private readonly string curve;
    private readonly string summationMethod;
    private readonly double[] thresholds;
    private readonly bool hasOwnThresholds;
    private readonly bool evenlySpaced;
    private readonly bool multiLabel;
    private readonly int? numLabels;
    private readonly double[]? labelWeights;
    private readonly bool fromLogits;
    private ConfusionCounts? counts;

    /// <summary>Creates an AUC metric.</summary>
    /// <param name="numThresholds">Number of thresholds to sample the curve at, 2 or more; 200 by default.</param>
    /// <param name="curve"><c>ROC</c> (default), <c>PR</c> (precision and recall) or <c>PRGAIN</c>.</param>
    /// <param name="summationMethod">
    /// The Riemann summation method: <c>interpolation</c> (default, mid-point), <c>minoring</c> (lower sum) or <c>majoring</c> (upper sum).
    /// </param>
    /// <param name="name">The name in logs and the history.</param>
    /// <param name="thresholds">
    /// Custom thresholds, in [0, 1], in place of <paramref name="numThresholds"/>; the end points are added.
    /// </param>
    /// <param name="multiLabel">Whether to compute the AUC of each label separately and average them; false by default.</param>
    /// <param name="numLabels">
    /// The number of labels, with <paramref name="multiLabel"/>; determined from the first batch by default.
    /// </param>
    /// <param name="labelWeights">The weight of each label; null (default) for equal weights.</param>
    /// <param name="fromLogits">Whether predictions are logits; false (probabilities) by default.</param>
    /// <exception cref="ArgumentException">An argument is invalid; the message names it.</exception>
    public AUC(
        int numThresholds = 200,
        string curve = "ROC",
        string summationMethod = "interpolation",
        string name = "auc",
        double[]? thresholds = null,
        bool multiLabel = false,
        int? numLabels = null,
        double[]? labelWeights = null,
        bool fromLogits = false)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(curve);
        ArgumentNullException.ThrowIfNull(summationMethod);
        this.curve = OneOf(Curves, curve, nameof(curve));
        this.summationMethod = OneOf(SummationMethods, summationMethod, nameof(summationMethod));
        if (numLabels is not null && !multiLabel)
        {
            throw new ArgumentException("numLabels requires multiLabel: true.", nameof(numLabels));
        }

        if (numLabels < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(numLabels), numLabels, "numLabels must be 1 or more.");
        }

        if (thresholds is null && numThresholds < 2)
        {
            throw new ArgumentOutOfRangeException(nameof(numThresholds), numThresholds, "numThresholds must be 2 or more.");
        }

        if (thresholds is not null && thresholds.FirstOrDefault(t => t is not (>= 0 and <= 1), 0) is var wrong and not 0)
        {
            throw new ArgumentOutOfRangeException(nameof(thresholds), wrong, "A threshold must be in [0, 1].");
        }

        // The end points are slightly outside, so that every prediction is above the first and none above the last.
        double[] inner = thresholds is null ? [.. ThresholdGrid.Inner(numThresholds)] : [.. thresholds.Order()];
        this.thresholds = [-Losses.CrossentropyLoss.Epsilon, .. inner, 1 + Losses.CrossentropyLoss.Epsilon];
        hasOwnThresholds = thresholds is not null;
        evenlySpaced = thresholds is null || ConfusionCounts.AreEvenlySpaced([0, .. inner, 1]);
        this.multiLabel = multiLabel;
        this.numLabels = numLabels;
        this.labelWeights = labelWeights;
        this.fromLogits = fromLogits;
        if (!multiLabel || numLabels is not null)
        {
            Start(numLabels ?? 1);
        }
    }

    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Up;

    internal override string? ForLogits => fromLogits ? null : "new AUC(fromLogits: true)";

    internal override string? Doubt => !multiLabel && counts?.TheOneClass is { } one
        ? $"The metric '{Name}' has seen only targets of one class ({one}), for which there is no curve; its value is meaningless."
        : null;

    /// <inheritdoc/>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        using DisposeScope scope = NewDisposeScope();
        if (multiLabel && yPred.dim() != 2)
        {
            throw new ArgumentException($"With multiLabel, predictions must have the shape (samples, labels); got {(Shape)yPred.shape}.",
                nameof(yPred));
        }

        if (counts is null)
        {
            Start((int)yPred.shape[1]);
        }

        counts!.Add(yTrue, fromLogits ? yPred.sigmoid() : yPred, sampleWeight);
    }

    /// <inheritdoc/>
    public override double Result()
    {
        if (counts is null)
        {
            return 0;
        }

        double[] areas = [.. Enumerable.Range(0, counts.Labels).Select(label => CurveArea.Of(counts, label, curve, summationMethod))];
        if (!multiLabel || labelWeights is null)
        {
            return (float)areas.Average();
        }

        double whole = labelWeights.Sum();
        return whole == 0 ? 0 : (float)(areas.Zip(labelWeights, (area, weight) => area * weight).Sum() / whole);
    }

    /// <inheritdoc/>
    public override void ResetState() => counts?.Reset();

    /// <inheritdoc/>
    public override bool StateAddsUp => true;

    /// <inheritdoc/>
    public override SavedState? SaveState() => counts?.SaveState() ?? new SavedState();

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ResetState();
        if (state.Arrays.Count == 0)
        {
            return;
        }

        if (counts is null)
        {
            Start(state.GetDoubles("true_positives").Length / thresholds.Length);
        }

        counts!.LoadState(state);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["num_thresholds"] = thresholds.Length;
        config["curve"] = curve;
        config["summation_method"] = summationMethod;
        config["multi_label"] = multiLabel;
        config["num_labels"] = numLabels;
        config["label_weights"] = ToJson(labelWeights);
        config["from_logits"] = fromLogits;
        if (hasOwnThresholds)
        {
            config["thresholds"] = ToJson(thresholds[1..^1]);
        }
    }

    private static string OneOf(string[] allowed, string given, string argument) =>
        allowed.FirstOrDefault(word => word.Equals(given, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"Unknown {argument} '{given}'. {NearestName.Hint(given, allowed)}", argument);

    private static JsonArray? ToJson(double[]? numbers) => numbers is null ? null : new JsonArray([.. numbers.Select(n => (JsonNode)n)]);

    private void Start(int labels)
    {
        if (multiLabel && labelWeights is not null && labelWeights.Length != labels)
        {
            throw new ArgumentException($"There are {labelWeights.Length} labelWeights for {labels} labels.", nameof(labelWeights));
        }

        counts = new ConfusionCounts(thresholds, evenlySpaced, labels, multiLabel ? null : labelWeights);
    }
}
