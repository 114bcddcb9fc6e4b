using static Cairn.Native.HeldScalar;
using static Cairn.Operations.OperationDefinition;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Element-wise functions of two tensors.</summary>
internal static class ArithmeticOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        Binary("Add", (a, b) => a.add(b, Held(1))),
        Binary("Subtract", Subtract),
        Binary("Multiply", (a, b) => a.mul(b)),
        Binary("Divide", (a, b) => a.true_divide(b)),
        Binary("TrueDivide", (a, b) => a.true_divide(b)),
        Binary("DivideNoNan", DivideNoNan),
        Binary("FloorDivide", FloorDivide),
        Binary("Mod", (a, b) => Whole(a, b).First.remainder(Whole(a, b).Second)),
        Binary("Fmod", (a, b) => Whole(a, b).First.fmod(Whole(a, b).Second)),
        Binary("Power", (a, b) => Whole(a, b).First.pow(Whole(a, b).Second)),
        Binary("Maximum", (a, b) => a.maximum(b)),
        Binary("Minimum", (a, b) => a.minimum(b)),
        Binary("Fmax", (a, b) => a.fmax(b)),
        Binary("Fmin", (a, b) => a.fmin(b)),
        Binary("Arctan2", (a, b) => Floating(a, b).First.atan2(Floating(a, b).Second)),
        Binary("Hypot", (a, b) => Floating(a, b).First.hypot(Floating(a, b).Second)),
        Binary("Logaddexp", (a, b) => Floating(a, b).First.logaddexp(Floating(a, b).Second)),
        Binary("Logaddexp2", (a, b) => Floating(a, b).First.logaddexp2(Floating(a, b).Second)),
        Binary("Nextafter", (a, b) => Floating(a, b).First.nextafter(Floating(a, b).Second)),
        Binary("Heaviside", Heaviside),
        Binary("Ldexp", (a, b) => ElementTypes.Floating(a).ldexp(b)),
        Binary("Gammainc", (a, b) => special.gammainc(ElementTypes.Floating(a), ElementTypes.Floating(b)), module: "math"),
        Binary("Gcd", (a, b) => a.gcd(b)),
        Binary("Lcm", (a, b) => a.lcm(b)),
        Binary("BitwiseAnd", (a, b) => a.bitwise_and(b), "x, y"),
        Binary("BitwiseOr", (a, b) => a.bitwise_or(b), "x, y"),
        Binary("BitwiseXor", (a, b) => a.bitwise_xor(b), "x, y"),
        Binary("BitwiseLeftShift", (a, b) => a.bitwise_left_shift(b), "x, y"),
        Binary("LeftShift", (a, b) => a.bitwise_left_shift(b), "x, y"),
        Binary("BitwiseRightShift", (a, b) => a.bitwise_right_shift(b), "x, y"),
        Binary("RightShift", (a, b) => a.bitwise_right_shift(b), "x, y"),
        Binary("LogicalAnd", (a, b) => a.logical_and(b)),
        Binary("LogicalOr", (a, b) => a.logical_or(b)),
        Binary("LogicalXor", (a, b) => a.logical_xor(b)),
    ];

    /// <summary>Subtracts; Boolean values, which libtorch does not support, are converted to integers.</summary>
    private static Tensor Subtract(Tensor a, Tensor b) => a.dtype == ScalarType.Bool && b.dtype == ScalarType.Bool
        ? a.to_type(ScalarType.Int32).sub(b.to_type(ScalarType.Int32))
        : (a.dtype == ScalarType.Bool ? a.to_type(b.dtype) : a).sub(b.dtype == ScalarType.Bool ? b.to_type(a.dtype) : b);

    private static Tensor DivideNoNan(Tensor a, Tensor b)
    {
        Tensor isZero = b.eq(Held(0));
        Tensor quotient = a.true_divide(where(isZero, ones_like(b), b));
        return where(isZero, zeros_like(quotient), quotient);
    }

    private static Tensor FloorDivide(Tensor a, Tensor b)
    {
        (Tensor first, Tensor second) = Whole(a, b);
        return first.floor_divide(second).to_type(result_type(first, second));
    }

    private static Tensor Heaviside(Tensor a, Tensor b)
    {
        ScalarType type = result_type(a, b);
        type = ElementTypes.IsFloating(type) ? type : type == ScalarType.Int64 ? ScalarType.Float64 : ScalarType.Float32;
        return a.to_type(type).heaviside(b.to_type(type));
    }

    /// <summary>Converts Boolean values to integers.</summary>
    private static (Tensor First, Tensor Second) Whole(Tensor a, Tensor b) =>
        result_type(a, b) == ScalarType.Bool ? (a.to_type(ScalarType.Int32), b.to_type(ScalarType.Int32)) : (a, b);

    private static (Tensor First, Tensor Second) Floating(Tensor a, Tensor b)
    {
        (Tensor first, Tensor second) = ElementTypes.Together(a, b);
        return (ElementTypes.Floating(first), ElementTypes.Floating(second));
    }
}
