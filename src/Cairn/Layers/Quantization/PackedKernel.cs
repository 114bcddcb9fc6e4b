using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>A kernel of bytes with 2 to 8 bits for each number, or five digits, as GPTQ, AWQ and ternary quantization make it.</summary>
/// <param name="Settings">The kind of quantization.</param>
/// <param name="Shape">The shape of the kernel.</param>
/// <param name="Columns">The size of the kernel's output axes.</param>
/// <param name="Values">The bytes: <c>[packed columns, rows]</c>, or with digits <c>[packed rows, columns]</c>.</param>
/// <param name="Scale">The scales, <c>[columns, blocks]</c>, or one.</param>
/// <param name="Zero">The zero points of the same shape; null for digits.</param>
/// <param name="InputScales">Factors of the rows, by which the kernel is divided; null if there are none.</param>
/// <param name="Groups">The block of each row, as numbers; null for digits.</param>
internal sealed record PackedKernel(
    QuantizationSettings Settings, Shape Shape, long Columns, Variable Values, Variable Scale, Variable? Zero, Variable? InputScales,
    Variable? Groups)
{
    /// <summary>What follows the bytes in files.</summary>
    public IEnumerable<Variable> Further => new[] { Scale, Zero, InputScales, Groups }.OfType<Variable>();

    /// <summary>Whether files list the bias before the bytes.</summary>
    public bool BiasIsFirst => Settings.Mode != "ternary";

    /// <summary>The number of values in a byte.</summary>
    /// <param name="settings">The kind of quantization.</param>
    public static int ValuesInByte(QuantizationSettings settings) => settings.Mode == "ternary" ? 5 : settings.Bits switch
    {
        4 => 2,
        2 => 4,
        _ => 1,
    };

    /// <summary>The kernel as floating-point numbers.</summary>
    public Tensor Dequantized()
    {
        if (Settings.Mode == "ternary")
        {
            return Unpacked(3, 5).narrow(0, 0, Shape[0]).Plus(Held(-1)) * Scale.Value;
        }

        int count = ValuesInByte(Settings);
        Tensor integers = count == 1 ? Values.Value.to(ScalarType.Float32) : Unpacked(1 << Settings.Bits, count).narrow(0, 0, Columns);
        Tensor group = Groups!.Value.to(ScalarType.Int64).clamp(Held(0), Held(Scale.Shape[1] - 1));
        Tensor zero = Zero!.Value.to(ScalarType.Float32).index_select(1, group);
        Tensor kernel = ((integers - zero) * Scale.Value.index_select(1, group)).transpose(0, 1);
        kernel = InputScales is null ? kernel : kernel / InputScales.Value.unsqueeze(-1);
        return kernel.reshape(Shape.ToArray());
    }

    // Digits of a base, the lowest first, along the first axis.
    private Tensor Unpacked(int digits, int count)
    {
        Tensor rest = Values.Value.to(ScalarType.Float32);
        var found = new Tensor[count];
        for (int i = 0; i < count; i++)
        {
            found[i] = rest.remainder(Held(digits));
            rest = (rest / Held(digits)).floor();
        }

        return stack(found, 1).flatten(0, 1);
    }
}
