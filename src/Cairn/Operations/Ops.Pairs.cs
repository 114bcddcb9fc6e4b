using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

public static partial class Ops
{
    /// <summary>Adds two tensors element-wise. Keras: <c>ops.add</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Add(TensorLike x1, TensorLike x2) =>
        Apply("Add", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns whether two tensors are element-wise equal within a tolerance. Keras: <c>ops.allclose</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <param name="rtol">The relative tolerance; 1e-05 by default.</param>
    /// <param name="atol">The absolute tolerance; 1e-08 by default.</param>
    /// <param name="equalNan">Whether to treat NaN values as equal; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Allclose(TensorLike x1, TensorLike x2, double rtol = 1e-05, double atol = 1e-08, bool equalNan = false) =>
        Apply(
            "AllClose",
            new JsonObject { ["rtol"] = rtol, ["atol"] = atol, ["equal_nan"] = equalNan },
            tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>
    /// Heaviside step function: 0 for negative values, 1 for positive values, and the second argument for 0. Keras: <c>ops.heaviside</c>.
    /// </summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Heaviside(TensorLike x1, TensorLike x2) =>
        Apply("Heaviside", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Computes the element-wise bitwise AND. Keras: <c>ops.bitwise_and</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="y">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor BitwiseAnd(TensorLike x, TensorLike y) =>
        Apply("BitwiseAnd", null, tensors => [x.ToOperand(tensors), y.ToOperand(tensors)]);

    /// <summary>Computes the element-wise bitwise OR. Keras: <c>ops.bitwise_or</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="y">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor BitwiseOr(TensorLike x, TensorLike y) =>
        Apply("BitwiseOr", null, tensors => [x.ToOperand(tensors), y.ToOperand(tensors)]);

    /// <summary>Computes the element-wise bitwise XOR. Keras: <c>ops.bitwise_xor</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="y">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor BitwiseXor(TensorLike x, TensorLike y) =>
        Apply("BitwiseXor", null, tensors => [x.ToOperand(tensors), y.ToOperand(tensors)]);

    /// <summary>Shifts the bits to the left, element-wise. Keras: <c>ops.bitwise_left_shift</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="y">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor BitwiseLeftShift(TensorLike x, TensorLike y) =>
        Apply("BitwiseLeftShift", null, tensors => [x.ToOperand(tensors), y.ToOperand(tensors)]);

    /// <summary>Shifts the bits to the left, element-wise. Keras: <c>ops.left_shift</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="y">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor LeftShift(TensorLike x, TensorLike y) =>
        Apply("LeftShift", null, tensors => [x.ToOperand(tensors), y.ToOperand(tensors)]);

    /// <summary>Shifts the bits to the right, element-wise. Keras: <c>ops.bitwise_right_shift</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="y">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor BitwiseRightShift(TensorLike x, TensorLike y) =>
        Apply("BitwiseRightShift", null, tensors => [x.ToOperand(tensors), y.ToOperand(tensors)]);

    /// <summary>Shifts the bits to the right, element-wise. Keras: <c>ops.right_shift</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="y">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor RightShift(TensorLike x, TensorLike y) =>
        Apply("RightShift", null, tensors => [x.ToOperand(tensors), y.ToOperand(tensors)]);

    /// <summary>Returns the element-wise <c>x1 == x2</c>. Keras: <c>ops.equal</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Equal(TensorLike x1, TensorLike x2) =>
        Apply("Equal", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns the element-wise greatest common divisor. Keras: <c>ops.gcd</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Gcd(TensorLike x1, TensorLike x2) =>
        Apply("Gcd", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns the element-wise <c>x1 &gt; x2</c>. Keras: <c>ops.greater</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Greater(TensorLike x1, TensorLike x2) =>
        Apply("Greater", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns the element-wise <c>x1 &gt;= x2</c>. Keras: <c>ops.greater_equal</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor GreaterEqual(TensorLike x1, TensorLike x2) =>
        Apply("GreaterEqual", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns the element-wise hypotenuse of right triangles with the given legs. Keras: <c>ops.hypot</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Hypot(TensorLike x1, TensorLike x2) =>
        Apply("Hypot", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns whether elements are equal within a tolerance, element-wise. Keras: <c>ops.isclose</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <param name="rtol">The relative tolerance; 1e-05 by default.</param>
    /// <param name="atol">The absolute tolerance; 1e-08 by default.</param>
    /// <param name="equalNan">Whether to treat NaN values as equal; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Isclose(TensorLike x1, TensorLike x2, double rtol = 1e-05, double atol = 1e-08, bool equalNan = false) =>
        Apply(
            "Isclose",
            new JsonObject { ["equal_nan"] = equalNan },
            tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors), new Operand.Plain(rtol), new Operand.Plain(atol)]);

    /// <summary>Returns whether elements are finite, element-wise. Keras: <c>ops.isfinite</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Isfinite(TensorLike x) =>
        Apply("Isfinite", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns whether elements are contained in the second tensor, element-wise. Keras: <c>ops.isin</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <param name="invert">Whether to invert the result; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Isin(TensorLike x1, TensorLike x2, bool invert = false) =>
        Apply("IsIn", new JsonObject { ["invert"] = invert }, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns whether elements are infinite, element-wise. Keras: <c>ops.isinf</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Isinf(TensorLike x) =>
        Apply("Isinf", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns whether elements are NaN, element-wise. Keras: <c>ops.isnan</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Isnan(TensorLike x) =>
        Apply("Isnan", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns whether elements are negative infinity, element-wise. Keras: <c>ops.isneginf</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Isneginf(TensorLike x) =>
        Apply("Isneginf", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns whether elements are positive infinity, element-wise. Keras: <c>ops.isposinf</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Isposinf(TensorLike x) =>
        Apply("Isposinf", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns whether elements have no imaginary part, element-wise. Keras: <c>ops.isreal</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Isreal(TensorLike x) =>
        Apply("Isreal", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise least common multiple. Keras: <c>ops.lcm</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Lcm(TensorLike x1, TensorLike x2) =>
        Apply("Lcm", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns <c>x1 · 2^x2</c>, element-wise. Keras: <c>ops.ldexp</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Ldexp(TensorLike x1, TensorLike x2) =>
        Apply("Ldexp", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns the element-wise <c>x1 &lt; x2</c>. Keras: <c>ops.less</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Less(TensorLike x1, TensorLike x2) =>
        Apply("Less", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns the element-wise <c>x1 &lt;= x2</c>. Keras: <c>ops.less_equal</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor LessEqual(TensorLike x1, TensorLike x2) =>
        Apply("LessEqual", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns <c>log(e^x1 + e^x2)</c>, element-wise. Keras: <c>ops.logaddexp</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Logaddexp(TensorLike x1, TensorLike x2) =>
        Apply("Logaddexp", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns <c>log2(2^x1 + 2^x2)</c>, element-wise. Keras: <c>ops.logaddexp2</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Logaddexp2(TensorLike x1, TensorLike x2) =>
        Apply("Logaddexp2", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Computes the element-wise logical AND; nonzero values are true. Keras: <c>ops.logical_and</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor LogicalAnd(TensorLike x1, TensorLike x2) =>
        Apply("LogicalAnd", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Computes the element-wise logical OR; nonzero values are true. Keras: <c>ops.logical_or</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor LogicalOr(TensorLike x1, TensorLike x2) =>
        Apply("LogicalOr", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns the element-wise maximum of two tensors. Keras: <c>ops.maximum</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Maximum(TensorLike x1, TensorLike x2) =>
        Apply("Maximum", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns the element-wise maximum of two tensors, ignoring NaN. Keras: <c>ops.fmax</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Fmax(TensorLike x1, TensorLike x2) =>
        Apply("Fmax", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns the element-wise minimum of two tensors. Keras: <c>ops.minimum</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Minimum(TensorLike x1, TensorLike x2) =>
        Apply("Minimum", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns the element-wise minimum of two tensors, ignoring NaN. Keras: <c>ops.fmin</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Fmin(TensorLike x1, TensorLike x2) =>
        Apply("Fmin", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns the element-wise remainder of the division, with the sign of the divisor. Keras: <c>ops.mod</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Mod(TensorLike x1, TensorLike x2) =>
        Apply("Mod", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns the element-wise remainder of the division, with the sign of the dividend. Keras: <c>ops.fmod</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Fmod(TensorLike x1, TensorLike x2) =>
        Apply("Fmod", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns the element-wise <c>x1 != x2</c>. Keras: <c>ops.not_equal</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor NotEqual(TensorLike x1, TensorLike x2) =>
        Apply("NotEqual", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Subtracts two tensors element-wise. Keras: <c>ops.subtract</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Subtract(TensorLike x1, TensorLike x2) =>
        Apply("Subtract", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Multiplies two tensors element-wise. Keras: <c>ops.multiply</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Multiply(TensorLike x1, TensorLike x2) =>
        Apply("Multiply", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Divides two tensors element-wise. Keras: <c>ops.divide</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Divide(TensorLike x1, TensorLike x2) =>
        Apply("Divide", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Divides two tensors element-wise; the result is 0 if the divisor is 0. Keras: <c>ops.divide_no_nan</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor DivideNoNan(TensorLike x1, TensorLike x2) =>
        Apply("DivideNoNan", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Divides two tensors element-wise. Keras: <c>ops.true_divide</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor TrueDivide(TensorLike x1, TensorLike x2) =>
        Apply("TrueDivide", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Raises the first tensor to the powers of the second, element-wise. Keras: <c>ops.power</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Power(TensorLike x1, TensorLike x2) =>
        Apply("Power", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>
    /// Returns the next floating-point number after the first argument towards the second, element-wise. Keras: <c>ops.nextafter</c>.
    /// </summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Nextafter(TensorLike x1, TensorLike x2) =>
        Apply("Nextafter", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Divides two tensors element-wise and rounds down. Keras: <c>ops.floor_divide</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor FloorDivide(TensorLike x1, TensorLike x2) =>
        Apply("FloorDivide", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Computes the element-wise logical XOR; nonzero values are true. Keras: <c>ops.logical_xor</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor LogicalXor(TensorLike x1, TensorLike x2) =>
        Apply("LogicalXor", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);
}
