using Cairn.Replication;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

// Mean and variance of the positions that count: those that are not masked, and those of all processes that train together.
public sealed partial class BatchNormalization
{
    private Tensor CountsOf(Tensor input, Tensor mask, bool moved)
    {
        if (mask.dim() != input.dim() - 1)
        {
            throw new ArgumentException(
                $"BatchNormalization '{Name}' takes a mask with one axis fewer than its input; the mask is "
                + $"{(Shape)mask.shape}.", nameof(mask));
        }

        // Keras broadcasts the mask along the last axis, wherever the channels are; here the channels are axis 1.
        Tensor counts = mask.unsqueeze(-1);
        if (moved)
        {
            counts = counts.movedim([axis < 0 ? axis + (int)input.dim() : axis], [1]);
        }

        return counts.expand_as(input).to(input.dtype);
    }

    private Tensor NormalizeCounted(Tensor input, Tensor counts, bool isMasked, BatchShare? share)
    {
        long[] others = AllButChannels(input);
        Tensor own = counts.sum(others, keepdim: true);
        Tensor total = share?.Sum(own) ?? own;
        if (isMasked)
        {
            // As in Keras, which has no other reason than that all may be masked. The mean of a single value is this value.
            total = total.Plus(Held(1e-7));
        }

        Tensor mean = SumOfAll(input * counts) / total;
        Tensor variance = SumOfAll(((input - mean) * counts).Squared()) / total;
        if (renorm)
        {
            return Renormalize(input, mean, variance);
        }

        Tensor y = (input - mean) * variance.Plus(Held(epsilon)).rsqrt();
        long[] channels = mean.shape;
        if (gamma is not null)
        {
            y *= gamma.Value.reshape(channels);
        }

        if (beta is not null)
        {
            y = y.Plus(beta.Value.reshape(channels));
        }

        using IDisposable _ = no_grad();
        movingMean!.Value.mul_(Held(momentum)).add_(mean.flatten(), alpha: Held(1 - momentum));
        movingVariance!.Value.mul_(Held(momentum)).add_(variance.flatten(), alpha: Held(1 - momentum));
        return y;

        Tensor SumOfAll(Tensor values)
        {
            Tensor sum = values.sum(others, keepdim: true);
            return share is null ? sum : SumOfReplicas.apply(sum);
        }
    }
}
