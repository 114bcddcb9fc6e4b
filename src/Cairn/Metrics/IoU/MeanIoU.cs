using System.Text.Json.Nodes;

namespace Cairn.Metrics;

/// <summary>Mean intersection over union of all classes, given as class indices. Keras: <c>metrics.MeanIoU</c>.</summary>
/// <remarks>
/// With an integer <paramref name="dtype"/>, which is the default, sample weights are truncated to integers, as in Keras.
/// </remarks>
/// <param name="numClasses">The number of classes, 1 or more.</param>
/// <param name="name">The name in logs and the history.</param>
/// <param name="dtype">The type of the counts: <c>int32</c> (default), <c>int64</c>, <c>float32</c> or <c>float64</c>.</param>
/// <param name="ignoreClass">A class to ignore, or null (default).</param>
/// <param name="sparseYTrue">
/// Whether targets are class indices; true by default. Otherwise the class is the argmax along <paramref name="axis"/>.
/// </param>
/// <param name="sparseYPred">
/// Whether predictions are class indices; true by default. Otherwise the class is the argmax along <paramref name="axis"/>.
/// </param>
/// <param name="axis">The axis of the classes, unless there are class indices; the last by default.</param>
public sealed class MeanIoU(
    int numClasses,
    string name = "mean_io_u",
    string dtype = "int32",
    int? ignoreClass = null,
    bool sparseYTrue = true,
    bool sparseYPred = true,
    int axis = -1)
    : IoUMetric(name, numClasses, [.. Enumerable.Range(0, Math.Max(numClasses, 0))], ignoreClass, sparseYTrue, sparseYPred, axis, dtype)
{
    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config.Remove("target_class_ids");
    }
}
