using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Quantizes a changed weight as it was quantized before. Keras: <c>abs_max_quantize</c> and its form for blocks.</summary>
internal static class Requantization
{
    private const double Epsilon = 1e-7;

    /// <summary>The integers, scales and zero points to store for a weight.</summary>
    /// <param name="quantized">The kind of quantization.</param>
    /// <param name="weight">The new weight.</param>
    public static (Tensor Values, Tensor Scale, Tensor? Zero) Of(QuantizedWeight quantized, Tensor weight)
    {
        QuantizedLayout layout = quantized.Layout;
        if (!quantized.Settings.IsInt4)
        {
            (Tensor integers, Tensor all) = ByLargest(weight, layout.ReducedAxes, -127, 127);
            long[] shape = quantized.Scale.Shape.ToArray();
            return (integers.to(ScalarType.Int8), layout.FromWeight?.Invoke(all, shape) ?? all.reshape(shape), null);
        }

        Tensor flat = weight.reshape(layout.Rows, layout.Columns);
        if (quantized.Zero is null)
        {
            (Tensor integers, Tensor all) = ByLargest(flat, [layout.BlockedAxis], -8, 7);
            return (Packed(integers), all.flatten(), null);
        }

        // Blocks are along the rows of what follows.
        bool isTransposed = layout.BlockedAxis == 1;
        (Tensor values, Tensor scale, Tensor zero) = InBlocks(isTransposed ? flat.transpose(0, 1) : flat, quantized.Settings.BlockSize);
        return isTransposed
            ? (Packed(values.transpose(0, 1)), scale.transpose(0, 1).contiguous(), zero.transpose(0, 1).contiguous())
            : (Packed(values), scale, zero);
    }

    private static (Tensor Integers, Tensor Scale) ByLargest(Tensor weight, long[] axes, int least, int most)
    {
        Tensor scale = Held(most) / weight.abs().amax(axes, keepdim: true).Plus(Held(Epsilon));
        return ((weight * scale).round().clamp(Held(least), Held(most)), scale);
    }

    private static (Tensor Integers, Tensor Scale, Tensor Zero) InBlocks(Tensor weight, long block)
    {
        (long rows, long columns) = (weight.shape[0], weight.shape[1]);
        long blocks = (rows + block - 1) / block;
        Tensor padded = cat([weight, zeros([(blocks * block) - rows, columns], weight.dtype, weight.device)]).reshape(blocks, block, columns);
        Tensor least = padded.amin([1], keepdim: true);
        Tensor scale = (padded.amax([1], keepdim: true) - least).Plus(Held(Epsilon)) / Held(15);
        Tensor zero = ((least.neg() / scale).round() - Held(8)).clamp(Held(-8), Held(7));
        Tensor integers = (padded / scale).round().Plus(zero).clamp(Held(-8), Held(7));
        return (integers.reshape(blocks * block, columns).narrow(0, 0, rows), scale.squeeze(1), zero.squeeze(1).to(ScalarType.Int8));
    }

    // The first of two columns is the low half of a byte.
    private static Tensor Packed(Tensor integers)
    {
        Tensor even = integers.shape[1] % 2 == 0
            ? integers
            : cat([integers, zeros([integers.shape[0], 1], integers.dtype, integers.device)], 1);
        Tensor pairs = even.reshape(integers.shape[0], -1, 2);
        return pairs.select(2, 0).remainder(Held(16)).Plus(pairs.select(2, 1) * Held(16)).to(ScalarType.Int8);
    }
}
