using System.Text.Json.Nodes;

namespace Cairn.Metrics;

/// <summary>Mean intersection over union of all classes, for one-hot targets. Keras: <c>metrics.OneHotMeanIoU</c>.</summary>
/// <remarks>With a whole-number <paramref name="dtype"/>, which is the default, sample weights are cut to whole numbers, as in Keras.</remarks>
/// <param name="numClasses">The number of classes, 1 or more.</param>
/// <param name="name">The name in logs and histories.</param>
/// <param name="dtype">What is counted in: <c>int32</c> (default), <c>int64</c>, <c>float32</c> or <c>float64</c>.</param>
/// <param name="ignoreClass">A class whose places do not count, or null (default).</param>
/// <param name="sparseYPred">Whether predictions are class numbers; false by default. Otherwise the largest of each <paramref name="axis"/> is the class.</param>
/// <param name="axis">The axis of the classes where there are no class numbers; the last by default.</param>
public sealed class OneHotMeanIoU(
    int numClasses,
    string name = "one_hot_mean_io_u",
    string dtype = "int32",
    int? ignoreClass = null,
    bool sparseYPred = false,
    int axis = -1)
    : IoUMetric(name, numClasses, [.. Enumerable.Range(0, Math.Max(numClasses, 0))], ignoreClass, sparseYTrue: false, sparseYPred,
    axis, dtype)
{
    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config.Remove("target_class_ids");
        config.Remove("sparse_y_true");
    }
}
