using System.Text.Json.Nodes;

namespace Cairn.Metrics;

/// <summary>Mean intersection over union of some of the classes, for one-hot targets. Keras: <c>metrics.OneHotIoU</c>.</summary>
/// <remarks>
/// With an integer <paramref name="dtype"/>, which is the default, sample weights are truncated to integers, as in Keras.
/// </remarks>
/// <param name="numClasses">The number of classes, 1 or more.</param>
/// <param name="targetClassIds">The classes to average over, 0 to <paramref name="numClasses"/> - 1.</param>
/// <param name="name">The name in logs and the history.</param>
/// <param name="dtype">The type of the counts: <c>int32</c> (default), <c>int64</c>, <c>float32</c> or <c>float64</c>.</param>
/// <param name="ignoreClass">A class to ignore, or null (default).</param>
/// <param name="sparseYPred">
/// Whether predictions are class indices; false by default. Otherwise the class is the argmax along <paramref name="axis"/>.
/// </param>
/// <param name="axis">The axis of the classes, unless there are class indices; the last by default.</param>
public sealed class OneHotIoU(
    int numClasses,
    IReadOnlyList<int> targetClassIds,
    string name = "one_hot_io_u",
    string dtype = "int32",
    int? ignoreClass = null,
    bool sparseYPred = false,
    int axis = -1)
    : IoUMetric(name, numClasses, targetClassIds, ignoreClass, sparseYTrue: false, sparseYPred, axis, dtype)
{
    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config.Remove("sparse_y_true");
    }
}
