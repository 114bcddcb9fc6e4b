using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>A weight of 8- or 4-bit integers with its scales, as Keras' <c>model.quantize</c> makes it.</summary>
/// <param name="Settings">The kind of quantization.</param>
/// <param name="Shape">The shape of the weight.</param>
/// <param name="Layout">How integers and scales are stored.</param>
/// <param name="Values">The integers; with 4 bits, two of a row in each byte, <c>[rows, ⌈columns / 2⌉]</c>.</param>
/// <param name="Scale">The scales: of the integers per output, or of blocks of rows, <c>[blocks, columns]</c>.</param>
/// <param name="Zero">The zero points of blocks; null if there are none.</param>
/// <param name="Groups">The block of each row, as numbers; null if there are none.</param>
internal sealed record QuantizedWeight(
    QuantizationSettings Settings, Shape Shape, QuantizedLayout Layout, Variable Values, Variable Scale, Variable? Zero, Variable? Groups)
{
    // Sums of this many products of 127 · 127 are exact in float32.
    private const int MostExactTerms = 1040;

    /// <summary>What follows the weight, and the bias, in files.</summary>
    public IEnumerable<Variable> Further => new[] { Scale, Zero, Groups }.OfType<Variable>();

    /// <summary>Whether inputs are quantized as well.</summary>
    public bool QuantizesInputs => Settings.LargestInput > 0;

    /// <summary>The integers as float32, unpacked.</summary>
    public Tensor Integers() => Unpacked(Values.Value);

    /// <summary>The integers of some rows as float32, unpacked.</summary>
    /// <param name="places">The rows.</param>
    public Tensor Integers(Tensor places) => Unpacked(Values.Value.index_select(0, places));

    private Tensor Unpacked(Tensor values)
    {
        Tensor bytes = values.to(ScalarType.Float32);
        if (!Settings.IsInt4)
        {
            return bytes;
        }

        // The low half of a byte is the first of its two values; both have a sign.
        Tensor low = bytes.Plus(Held(8)).remainder(Held(16)) - Held(8);
        Tensor high = (bytes / Held(16)).floor();
        return stack([low, high], -1).flatten(-2).narrow(-1, 0, Layout.Columns);
    }

    /// <summary>The weight <c>[rows, columns]</c> in blocks of rows: <c>(w - zero) · scale</c>.</summary>
    /// <param name="integers">The integers.</param>
    /// <param name="scale">The scales, blocks along the axis.</param>
    /// <param name="zero">The zero points.</param>
    /// <param name="axis">The axis of the blocks.</param>
    public Tensor InBlocks(Tensor integers, Tensor scale, Tensor zero, long axis)
    {
        Tensor group = Groups!.Value.to(ScalarType.Int64).clamp(Held(0), Held(scale.shape[axis] - 1));
        return (integers - zero.to(ScalarType.Float32).index_select(axis, group)) * scale.index_select(axis, group);
    }

    /// <summary>The weight as floating-point numbers.</summary>
    public Tensor Dequantized()
    {
        Tensor integers = Integers();
        Tensor scale = Scale.Value;
        return Zero is not null ? InBlocks(integers, scale, Zero.Value, Layout.BlockedAxis).reshape(Shape.ToArray())
            : Settings.IsInt4 ? (integers / (Layout.BlockedAxis == 0 ? scale : scale.unsqueeze(-1))).reshape(Shape.ToArray())
            : integers / (Layout.ToWeight?.Invoke(scale) ?? scale);
    }

    /// <summary>Quantizes inputs along axes: <c>round(x · scale)</c> with <c>scale = largest / (max |x| + epsilon)</c>.</summary>
    public (Tensor Integers, Tensor Scale) QuantizeInputs(Tensor x, long[] axes)
    {
        Tensor scale = x.abs().amax(axes, keepdim: true).Plus(Held(Settings.Epsilon)).reciprocal() * Held(Settings.LargestInput);
        return ((x * scale).round().clamp(Held(Settings.SmallestInput), Held(Settings.LargestInput)), scale);
    }

    /// <summary>A product of integers, exact whatever their number.</summary>
    /// <param name="terms">The number of products in a sum.</param>
    /// <param name="x">The integers of the inputs.</param>
    /// <param name="weights">The integers of the weight.</param>
    /// <param name="product">The matrix product.</param>
    public static Tensor Exact(long terms, Tensor x, Tensor weights, Func<Tensor, Tensor, Tensor> product) => terms <= MostExactTerms
        ? product(x, weights)
        : product(x.to(ScalarType.Float64), weights.to(ScalarType.Float64)).to(ScalarType.Float32);

    /// <summary>The result of a quantized product with the gradient of the product with the dequantized weight.</summary>
    public static Tensor WithGradient(Tensor x, Func<Tensor> quantized, Func<Tensor> dequantized)
    {
        if (!is_grad_enabled() || !x.requires_grad)
        {
            return quantized();
        }

        Tensor through = dequantized();
        using IDisposable _ = no_grad();
        Tensor difference = quantized() - through;
        using IDisposable again = enable_grad();
        return through.Plus(difference);
    }
}
