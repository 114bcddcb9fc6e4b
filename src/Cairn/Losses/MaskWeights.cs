using Cairn.Replication;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>Combines the mask of the predictions with the sample weights. Keras: <c>apply_mask</c>.</summary>
internal static class MaskWeights
{
    /// <param name="sampleWeight">Weights per sample or position, or null for 1.</param>
    /// <param name="mask">True for positions to include.</param>
    /// <param name="keepMean">
    /// Whether to scale the included weights by total / included, so that the mean over all positions is the mean over the included ones.
    /// </param>
    /// <param name="share">The rows of this process, if several train together and the mean is that of all rows.</param>
    public static Tensor Combine(Tensor? sampleWeight, Tensor mask, bool keepMean, BatchShare? share = null)
    {
        Tensor weights = mask.to(sampleWeight?.dtype ?? ScalarType.Float32);
        if (keepMean)
        {
            weights = weights * MeanFactor(weights, share);
        }

        if (sampleWeight is null)
        {
            return weights;
        }

        // A sample weight applies to all positions of the sample; Keras fails to do that with a mask, although documented.
        (weights, sampleWeight) = RankAlignment.Weigh(weights, sampleWeight, spread: true);
        return weights * sampleWeight;
    }

    // Total / included, over the rows of all processes.
    private static Tensor MeanFactor(Tensor weights, BatchShare? share)
    {
        Tensor included = weights.sum();
        double all = weights.NumberOfElements;
        if (share is not null)
        {
            (all, included) = (all * share.SumFactor, share.Sum(included));
        }

        return Held((float)all) / included.clamp(min: Held(1));
    }
}
