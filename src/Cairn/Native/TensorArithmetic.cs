using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Native;

/// <summary>Sums and differences whose scalars stay alive during the native call.</summary>
/// <remarks>
/// TorchSharp's <c>+</c> creates a scalar 1, the factor of the second operand, that nothing references during the call; see
/// <see cref="HeldScalar"/>.
/// </remarks>
internal static class TensorArithmetic
{
    private static readonly Scalar One = 1;

    /// <summary>The sum of two tensors, with broadcasting.</summary>
    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, One);

    /// <summary>The sum of each element and a number.</summary>
    public static Tensor Plus(this Tensor left, Scalar right) => left.add(right, One);

    /// <summary>A number minus each element.</summary>
    public static Tensor Minus(this Scalar left, Tensor right) => right.negative().add(left, One);
}
