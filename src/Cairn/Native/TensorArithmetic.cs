using System.Runtime.CompilerServices;
using Cairn.Native;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>
/// Sums, differences, squares and softplus whose scalars stay alive during the native call, and matrix products that check their operands.
/// </summary>
/// <remarks>
/// <para>
/// TorchSharp's <c>+</c> creates a scalar 1, the factor of the second operand, its <c>square()</c> is a power with a scalar 2, and
/// <c>softplus</c> takes numbers only. Nothing references their scalars during the call, so that a garbage collection could free them; see
/// <see cref="HeldScalar"/>.
/// </para>
/// <para>
/// The native function of its <c>matmul</c> does not catch the exceptions of libtorch, as the others do: they end the process.
/// </para>
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

    /// <summary>The product of matrices, batches of matrices, or vectors, as <c>matmul</c> computes it.</summary>
    /// <exception cref="ArgumentException">The sizes, types or devices do not match.</exception>
    public static Tensor MatrixProduct(this Tensor left, Tensor right)
    {
        (long leftAxes, long rightAxes) = (left.dim(), right.dim());
        if (leftAxes == 0 || rightAxes == 0 || left.size(-1) != right.size(rightAxes == 1 ? 0 : -2)
            || !AreBroadcastable(left, right, Math.Min(leftAxes, rightAxes)))
        {
            throw new ArgumentException(
                $"Tensors of the shapes {(Shape)left.shape} and {(Shape)right.shape} can't be multiplied as matrices.");
        }

        if (left.dtype != right.dtype || left.device_type != right.device_type)
        {
            throw new ArgumentException(
                $"Tensors of the types {left.dtype} ({left.device_type}) and {right.dtype} ({right.device_type}) can't be multiplied as "
                + "matrices.");
        }

        return left.matmul(right);
    }

    /// <summary>
    /// The product with a matrix plus a bias, for inputs with any number of axes. libtorch begins the sums with the bias, which takes no
    /// pass of its own.
    /// </summary>
    /// <param name="x">The input, <c>[..., inputs]</c>.</param>
    /// <param name="kernel">The matrix, <c>[inputs, outputs]</c>.</param>
    /// <param name="bias">The bias, <c>[outputs]</c>.</param>
    /// <returns>The sums, one row of outputs for each of the inputs.</returns>
    public static Tensor ProductPlus(this Tensor x, Tensor kernel, Tensor bias) =>
        addmm(bias, x.dim() == 2 ? x : x.reshape(-1, x.size(-1)), kernel, 1, 1);

    /// <summary>The square of each element.</summary>
    public static Tensor Squared(this Tensor x) => x.pow(Held(2));

    /// <summary>log(1 + exp(x)) of each element; x itself where it is greater than 20.</summary>
    public static Tensor Softplus(this Tensor x) => Softplus(x, Held(1.0), Held(20.0));

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "softplus1")]
    private static extern Tensor Softplus(Tensor x, Scalar beta, Scalar threshold);

    // The axes before those of the matrices.
    private static bool AreBroadcastable(Tensor left, Tensor right, long axes)
    {
        for (int axis = 3; axis <= axes; axis++)
        {
            (long one, long other) = (left.size(-axis), right.size(-axis));
            if (one != other && one != 1 && other != 1)
            {
                return false;
            }
        }

        return true;
    }
}
