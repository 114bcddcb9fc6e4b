using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Shared code of the two top-k accuracies.</summary>
internal static class TopK
{
    public static int Check(int k) => k >= 1 ? k : throw new ArgumentOutOfRangeException(nameof(k), k, "k must be 1 or more.");

    /// <summary>
    /// Whether the prediction at each label, <c>[...]</c>, is at least the k-th largest of its row, <c>[..., classes]</c>.
    /// </summary>
    public static Tensor Holds(Tensor labels, Tensor yPred, int k)
    {
        long classes = yPred.shape[^1];
        if (k > classes)
        {
            throw new ArgumentException($"k must be at most the number of classes, {classes}; got {k}.", nameof(k));
        }

        Tensor least = yPred.topk(k, -1).values.narrow(-1, k - 1, 1);
        return yPred.gather(-1, labels.unsqueeze(-1)).ge(least).squeeze(-1);
    }
}
