using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Mean intersection over union of the classes 0 and 1, with thresholded predictions. Keras: <c>metrics.BinaryIoU</c>.</summary>
/// <remarks>
/// With an integer <paramref name="dtype"/>, which is the default, sample weights are truncated to integers, as in Keras.
/// </remarks>
/// <param name="targetClassIds">The classes to average over: <c>[0, 1]</c> (default), <c>[0]</c> or <c>[1]</c>.</param>
/// <param name="threshold">Predictions at or above the threshold are class 1; 0.5 by default.</param>
/// <param name="name">The name in logs and the history.</param>
/// <param name="dtype">The type of the counts: <c>int32</c> (default), <c>int64</c>, <c>float32</c> or <c>float64</c>.</param>
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
