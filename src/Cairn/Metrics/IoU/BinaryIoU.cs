using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Mean intersection over union of zeros and ones told apart by a threshold. Keras: <c>metrics.BinaryIoU</c>.</summary>
/// <remarks>With a whole-number <paramref name="dtype"/>, which is the default, sample weights are cut to whole numbers, as in Keras.</remarks>
/// <param name="targetClassIds">The classes averaged over: <c>[0, 1]</c> (default), <c>[0]</c> or <c>[1]</c>.</param>
/// <param name="threshold">Predictions at or above it are ones; 0.5 by default.</param>
/// <param name="name">The name in logs and histories.</param>
/// <param name="dtype">What is counted in: <c>int32</c> (default), <c>int64</c>, <c>float32</c> or <c>float64</c>.</param>
public sealed class BinaryIoU(
    IReadOnlyList<int>? targetClassIds = null, double threshold = 0.5, string name = "binary_io_u", string dtype = "int32")
    : IoUMetric(name, 2, targetClassIds ?? [0, 1], dtype: dtype)
{
    private protected override Tensor ToClasses(Tensor yPred) => yPred.ge(Held((float)threshold));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        foreach (string key in new[] { "num_classes", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis" })
        {
            config.Remove(key);
        }

        config["threshold"] = threshold;
    }
}
