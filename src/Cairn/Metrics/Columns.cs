using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>The columns of metrics that evaluate each output separately.</summary>
internal static class Columns
{
    /// <summary>The number of columns of targets and predictions <c>[batch, columns]</c>.</summary>
    /// <exception cref="ArgumentException">The shapes are different.</exception>
    public static long Check(string metric, Tensor yTrue, Tensor yPred)
    {
        if (yPred.dim() == 2 && yTrue.shape.AsSpan().SequenceEqual(yPred.shape))
        {
            return yPred.shape[1];
        }

        throw new ArgumentException(
            $"{metric} needs targets and predictions of the same shape (samples, outputs); got {(Shape)yTrue.shape} "
                + $"and {(Shape)yPred.shape}.",
            nameof(yPred));
    }
}
