using System.ComponentModel;
using Cairn.Callbacks;
using Cairn.Losses;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Base class of metrics computed from the counts of true and false positives and negatives at thresholds.</summary>
/// <remarks>Targets are 0 and 1; predictions have the same shape and are in [0, 1]. A prediction above a threshold is positive.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ConfusionMetric : Metric
{
    private protected ConfusionMetric(string name, IReadOnlyList<double> thresholds, bool evenlySpaced, int? topK = null,
        int? classId = null)
        : base(name)
    {
        if (topK < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(topK), topK, "topK must be 1 or more.");
        }

        if (classId < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(classId), classId, "classId must be 0 or more.");
        }

        TopK = topK;
        ClassId = classId;
        Counts = new ConfusionCounts(thresholds, evenlySpaced);
    }

    private protected ConfusionCounts Counts { get; }

    private protected int? TopK { get; }

    private protected int? ClassId { get; }

    /// <inheritdoc/>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        using DisposeScope scope = NewDisposeScope();
        if (TopK is { } k)
        {
            yPred = OnlyTopK(yPred, k);
        }

        if (ClassId is { } id)
        {
            (yTrue, yPred, sampleWeight) = OnlyClass(yTrue, yPred, sampleWeight, id);
        }

        Counts.Add(yTrue, yPred, sampleWeight);
    }

    internal override void CheckShapes(Shape yTrue, Shape yPred, string argument) =>
        RankAlignment.RequireAlike(ClassName, yTrue, yPred, argument);

    /// <inheritdoc/>
    public override double Result() => (float)Results().Average();

    /// <inheritdoc/>
    public abstract override double[] Results();

    /// <inheritdoc/>
    public override void ResetState() => Counts.Reset();

    /// <inheritdoc/>
    public override bool StateAddsUp => true;

    /// <inheritdoc/>
    public override SavedState? SaveState() => Counts.SaveState();

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Counts.LoadState(state);
    }

    /// <summary>For each threshold <c>part / (part + rest)</c>, or 0 if both are 0.</summary>
    private protected static double[] Share(double[] part, double[] rest) =>
        [.. part.Zip(rest, (p, r) => p + r == 0 ? 0 : (float)(p / (p + r)))];

    // Predictions that are not among the k largest of their row go below every threshold; ties go to the first.
    private static Tensor OnlyTopK(Tensor yPred, int k)
    {
        long classes = yPred.shape[^1];
        if (k > classes)
        {
            throw new ArgumentException($"topK must be at most the number of classes, {classes}; got {k}.", nameof(k));
        }

        Tensor largest = yPred.sort(-1, descending: true, stable: true).Indices.narrow(-1, 0, k);
        Tensor isLargest = zeros_like(yPred).scatter_(-1, largest, ones_like(largest, dtype: yPred.dtype)).to(ScalarType.Bool);
        return yPred.where(isLargest, full_like(yPred, Held(BelowAll)));
    }

    private static (Tensor YTrue, Tensor YPred, Tensor? SampleWeight) OnlyClass(Tensor yTrue, Tensor yPred, Tensor? sampleWeight, int id)
    {
        if (yPred.dim() < 2 || yTrue.dim() != yPred.dim() || id >= yPred.shape[^1])
        {
            throw new ArgumentException(
                $"classId {id} needs targets and predictions of shape (samples, classes); "
                + $"their shapes are {(Shape)yTrue.shape} and {(Shape)yPred.shape}.",
                nameof(yPred));
        }

        if (sampleWeight is not null && sampleWeight.dim() == yPred.dim() && sampleWeight.shape[^1] > 1)
        {
            sampleWeight = sampleWeight.narrow(-1, id, 1);
        }

        return (yTrue.narrow(-1, id, 1), yPred.narrow(-1, id, 1), sampleWeight);
    }

    /// <summary>Keras' value for minus infinity.</summary>
    private protected const double BelowAll = -1e10;
}
