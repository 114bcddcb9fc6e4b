using Cairn.Native;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>Sums, differences and squares whose scalars stay alive during the native call.</summary>
/// <remarks>
/// TorchSharp's <c>+</c> creates a scalar 1, the factor of the second operand, and its <c>square()</c> is a power with a scalar 2. Nothing
/// references them during the call, so that a garbage collection could free them; see <see cref="HeldScalar"/>.
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

    /// <summary>The square of each element.</summary>
    public static Tensor Squared(this Tensor x) => x.pow(Held(2));
}
