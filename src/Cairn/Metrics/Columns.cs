using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>The columns of metrics that look at each output by itself.</summary>
internal static class Columns
{
    /// <summary>The number of columns of targets and predictions <c>[batch, columns]</c>.</summary>
    /// <exception cref="ArgumentException">They have another shape.</exception>
    public static long Check(string metric, Tensor yTrue, Tensor yPred)
    {
        if (yPred.dim() == 2 && yTrue.shape.AsSpan().SequenceEqual(yPred.shape))
        {
            return yPred.shape[1];
        }

        throw new ArgumentException(
            $"{metric} needs targets and predictions of one shape (samples, outputs); they have the shapes {(Shape)yTrue.shape} "
                + $"and {(Shape)yPred.shape}.",
            nameof(yPred));
    }
}
