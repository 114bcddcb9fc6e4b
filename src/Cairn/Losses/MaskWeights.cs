using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>The mask of predictions as weights of their positions, together with the weights that were given. Keras: <c>apply_mask</c>.</summary>
internal static class MaskWeights
{
    /// <param name="sampleWeight">Weights of samples or positions, or null for 1.</param>
    /// <param name="mask">True where a position counts.</param>
    /// <param name="keepMean">
    /// Whether the weights that count grow by all / counted, so that the mean over all positions is the mean over those that count.
    /// </param>
    public static Tensor Combine(Tensor? sampleWeight, Tensor mask, bool keepMean)
    {
        Tensor weights = mask.to(sampleWeight?.dtype ?? ScalarType.Float32);
        if (keepMean)
        {
            Tensor counted = weights.sum();
            weights = weights * (weights.NumberOfElements / counted.clamp(min: Held(1)));
        }

        if (sampleWeight is null)
        {
            return weights;
        }

        (weights, sampleWeight) = RankAlignment.Align(weights, sampleWeight);

        // A weight for each sample holds for all its positions; Keras can't do that with a mask, although it promises to.
        while (sampleWeight.dim() < weights.dim())
        {
            sampleWeight = sampleWeight.unsqueeze(-1);
        }

        return weights * sampleWeight;
    }
}
