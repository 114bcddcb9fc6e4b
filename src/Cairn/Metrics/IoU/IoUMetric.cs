using System.ComponentModel;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>
/// Intersection over union (IoU) of each class in targets and predictions, averaged over the target classes that occur.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class IoUMetric : Metric
{
    private static readonly string[] WholeTypes = ["int", "int32", "int64"];
    private static readonly string[] FractionTypes = ["float32", "float64"];

    private readonly int numClasses;
    private readonly int[] targetClassIds;
    private readonly int? ignoreClass;
    private readonly bool sparseYTrue;
    private readonly bool sparseYPred;
    private readonly int axis;
    private readonly string dtype;
    private readonly double[] confusion;
    private readonly BatchCounter batches;

    private protected IoUMetric(
        string name,
        int numClasses,
        IReadOnlyList<int> targetClassIds,
        int? ignoreClass = null,
        bool sparseYTrue = true,
        bool sparseYPred = true,
        int axis = -1,
        string dtype = "int32")
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numClasses, 1);
        ArgumentNullException.ThrowIfNull(targetClassIds);
        if (targetClassIds.Count == 0)
        {
            throw new ArgumentException("targetClassIds must have at least one class.", nameof(targetClassIds));
        }

        foreach (int id in targetClassIds)
        {
            if (id < 0 || id >= numClasses)
            {
                throw new ArgumentOutOfRangeException(nameof(targetClassIds), id,
                    $"With {numClasses} classes, targetClassIds must be in 0 to {numClasses - 1}.");
            }
        }

        string[] types = [.. WholeTypes, .. FractionTypes];
        if (!types.Contains(dtype))
        {
            throw new ArgumentException($"Unknown dtype '{dtype}'. {NearestName.Hint(dtype, types)}", nameof(dtype));
        }

        this.numClasses = numClasses;
        this.targetClassIds = [.. targetClassIds];
        this.ignoreClass = ignoreClass;
        this.sparseYTrue = sparseYTrue;
        this.sparseYPred = sparseYPred;
        this.axis = axis;
        this.dtype = dtype;
        confusion = new double[checked(numClasses * numClasses)];
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
        if (!sparseYTrue)
        {
            yTrue = yTrue.argmax(axis);
        }

        yPred = sparseYPred ? ToClasses(yPred) : yPred.argmax(axis);
        if (yTrue.NumberOfElements != yPred.NumberOfElements)
        {
            throw new ArgumentException($"{ClassName} got {yTrue.NumberOfElements} target classes and {yPred.NumberOfElements} predicted "
                + "classes; the numbers must be equal.", nameof(yTrue));
        }

        batches.Add(yTrue, yPred, HostNumbers.WeightsFor(yTrue.shape, sampleWeight));
    }

    /// <inheritdoc/>
    public override double Result()
    {
        batches.CountWaiting();
        float sum = 0;
        float occurring = 0;
        foreach (int id in targetClassIds)
        {
            double both = confusion[(id * numClasses) + id];
            double either = -both;
            for (int other = 0; other < numClasses; other++)
            {
                either += confusion[(id * numClasses) + other] + confusion[(other * numClasses) + id];
            }

            if (!(either > 1e-9))
            {
                continue;
            }

            occurring++;
            sum += (float)both / ((float)either + (float)CrossentropyLoss.Epsilon);
        }

        return sum / (occurring + (float)CrossentropyLoss.Epsilon);
    }

    /// <inheritdoc/>
    public override void ResetState()
    {
        batches.Forget();
        Array.Clear(confusion);
    }

    /// <inheritdoc/>
    public override bool StateAddsUp => true;

    /// <inheritdoc/>
    public override SavedState? SaveState()
    {
        batches.CountWaiting();
        var state = new SavedState();
        state.Arrays["confusion"] = confusion.ToArray();
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        batches.Forget();
        state.GetDoubles("confusion").CopyTo(confusion, 0);
    }

    /// <summary>The predictions as class indices.</summary>
    private protected virtual Tensor ToClasses(Tensor yPred) => yPred;

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["dtype"] = dtype == "int" ? "int32" : dtype;
        config["num_classes"] = numClasses;
        config["target_class_ids"] = new JsonArray([.. targetClassIds.Select(id => (JsonNode)id)]);
        config["ignore_class"] = ignoreClass;
        config["sparse_y_true"] = sparseYTrue;
        config["sparse_y_pred"] = sparseYPred;
        config["axis"] = axis;
    }

    private void Count(float[] targets, float[] predictions, float[]? weights)
    {
        if (weights is not null && WholeTypes.Contains(dtype))
        {
            weights = Array.ConvertAll(weights, MathF.Truncate);
        }

        for (int i = 0; i < targets.Length; i++)
        {
            // Truncated to integers; values that are not classes are ignored.
            int target = (int)targets[i];
            int prediction = (int)predictions[i];
            if (target < 0 || target >= numClasses || prediction < 0 || prediction >= numClasses || target == ignoreClass)
            {
                continue;
            }

            confusion[(target * numClasses) + prediction] += weights is null ? 1 : weights[i];
        }
    }
}
