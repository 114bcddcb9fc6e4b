namespace Cairn.Metrics;

/// <summary>Mean intersection over union of some of the classes, which are given as numbers. Keras: <c>metrics.IoU</c>.</summary>
/// <remarks>With a whole-number <paramref name="dtype"/>, which is the default, sample weights are cut to whole numbers, as in Keras.</remarks>
/// <param name="numClasses">The number of classes, 1 or more.</param>
/// <param name="targetClassIds">The classes averaged over, 0 to <paramref name="numClasses"/> - 1.</param>
/// <param name="name">The name in logs and histories.</param>
/// <param name="dtype">What is counted in: <c>int32</c> (default), <c>int64</c>, <c>float32</c> or <c>float64</c>.</param>
/// <param name="ignoreClass">A class whose places do not count, or null (default).</param>
/// <param name="sparseYTrue">Whether targets are class numbers; true by default. Otherwise the largest of each <paramref name="axis"/> is the class.</param>
/// <param name="sparseYPred">Whether predictions are class numbers; true by default. Otherwise the largest of each <paramref name="axis"/> is the class.</param>
/// <param name="axis">The axis of the classes where there are no class numbers; the last by default.</param>
public sealed class IoU(
    int numClasses,
    IReadOnlyList<int> targetClassIds,
    string name = "io_u",
    string dtype = "int32",
    int? ignoreClass = null,
    bool sparseYTrue = true,
    bool sparseYPred = true,
    int axis = -1)
    : IoUMetric(name, numClasses, targetClassIds, ignoreClass, sparseYTrue, sparseYPred, axis, dtype);
