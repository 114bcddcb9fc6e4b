using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

public static partial class Ops
{
    /// <summary>Returns the element-wise absolute value. Keras: <c>ops.absolute</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Absolute(TensorLike x) =>
        Apply("Absolute", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise absolute value. Keras: <c>ops.abs</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Abs(TensorLike x) =>
        Apply("Absolute", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise absolute value as floating point. Keras: <c>ops.fabs</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Fabs(TensorLike x) =>
        Apply("Fabs", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise angle of complex numbers, in radians. Keras: <c>ops.angle</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Angle(TensorLike x) =>
        Apply("Angle", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise inverse cosine, in radians. Keras: <c>ops.arccos</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Arccos(TensorLike x) =>
        Apply("Arccos", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise inverse hyperbolic cosine. Keras: <c>ops.arccosh</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Arccosh(TensorLike x) =>
        Apply("Arccosh", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise inverse sine, in radians. Keras: <c>ops.arcsin</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Arcsin(TensorLike x) =>
        Apply("Arcsin", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise inverse hyperbolic sine. Keras: <c>ops.arcsinh</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Arcsinh(TensorLike x) =>
        Apply("Arcsinh", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise inverse tangent, in radians. Keras: <c>ops.arctan</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Arctan(TensorLike x) =>
        Apply("Arctan", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>
    /// Returns the element-wise inverse tangent of <c>x1 / x2</c> in the correct quadrant, in radians. Keras: <c>ops.arctan2</c>.
    /// </summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Arctan2(TensorLike x1, TensorLike x2) =>
        Apply("Arctan2", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns the element-wise inverse hyperbolic tangent. Keras: <c>ops.arctanh</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Arctanh(TensorLike x) =>
        Apply("Arctanh", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the tensor, cast to a type if one is given. Keras: <c>ops.array</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Array(TensorLike x, string? dtype = null) =>
        Apply("Array", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Reinterprets the bits of a tensor as another type. Keras: <c>ops.view</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor View(TensorLike x, string? dtype = null) =>
        Apply("View", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the element-wise bitwise NOT, or the logical NOT of Boolean values. Keras: <c>ops.bitwise_invert</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor BitwiseInvert(TensorLike x) =>
        Apply("BitwiseInvert", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the element-wise bitwise NOT, or the logical NOT of Boolean values. Keras: <c>ops.bitwise_not</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor BitwiseNot(TensorLike x) =>
        Apply("BitwiseNot", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise cube root. Keras: <c>ops.cbrt</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Cbrt(TensorLike x) =>
        Apply("Cbrt", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Rounds up to integers, element-wise. Keras: <c>ops.ceil</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Ceil(TensorLike x) =>
        Apply("Ceil", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise complex conjugate. Keras: <c>ops.conjugate</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Conjugate(TensorLike x) =>
        Apply("Conjugate", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise complex conjugate. Keras: <c>ops.conj</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Conj(TensorLike x) =>
        Apply("Conjugate", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns a copy of the tensor. Keras: <c>ops.copy</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Copy(TensorLike x) =>
        Apply("Copy", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise cosine of angles in radians. Keras: <c>ops.cos</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Cos(TensorLike x) =>
        Apply("Cos", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise hyperbolic cosine. Keras: <c>ops.cosh</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Cosh(TensorLike x) =>
        Apply("Cosh", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Converts degrees to radians. Keras: <c>ops.deg2rad</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Deg2rad(TensorLike x) =>
        Apply("Deg2rad", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Converts radians to degrees. Keras: <c>ops.rad2deg</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Rad2deg(TensorLike x) =>
        Apply("Rad2deg", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise exponential. Keras: <c>ops.exp</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Exp(TensorLike x) =>
        Apply("Exp", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise power of 2. Keras: <c>ops.exp2</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Exp2(TensorLike x) =>
        Apply("Exp2", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns <c>e^x - 1</c>, element-wise, accurate near 0. Keras: <c>ops.expm1</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Expm1(TensorLike x) =>
        Apply("Expm1", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Rounds down to integers, element-wise. Keras: <c>ops.floor</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Floor(TensorLike x) =>
        Apply("Floor", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise imaginary part. Keras: <c>ops.imag</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Imag(TensorLike x) =>
        Apply("Imag", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise modified Bessel function of the first kind, order 0. Keras: <c>ops.i0</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor I0(TensorLike x) =>
        Apply("I0", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise natural logarithm. Keras: <c>ops.log</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Log(TensorLike x) =>
        Apply("Log", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise base-10 logarithm. Keras: <c>ops.log10</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Log10(TensorLike x) =>
        Apply("Log10", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns <c>log(1 + x)</c>, element-wise, accurate near 0. Keras: <c>ops.log1p</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Log1p(TensorLike x) =>
        Apply("Log1p", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise base-2 logarithm. Keras: <c>ops.log2</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Log2(TensorLike x) =>
        Apply("Log2", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the element-wise logical NOT; nonzero values are true. Keras: <c>ops.logical_not</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor LogicalNot(TensorLike x) =>
        Apply("LogicalNot", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Replaces NaN and infinity by numbers. Keras: <c>ops.nan_to_num</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="nan">The replacement of NaN; 0.0 by default.</param>
    /// <param name="posinf">The replacement of positive infinity; optional.</param>
    /// <param name="neginf">The replacement of negative infinity; optional.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor NanToNum(TensorLike x, double nan = 0.0, double? posinf = null, double? neginf = null) =>
        Apply("NanToNum", new JsonObject { ["nan"] = nan, ["posinf"] = posinf, ["neginf"] = neginf }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise real part. Keras: <c>ops.real</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Real(TensorLike x) =>
        Apply("Real", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise reciprocal. Keras: <c>ops.reciprocal</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Reciprocal(TensorLike x) =>
        Apply("Reciprocal", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Rounds to the given number of decimals, element-wise; halves are rounded to even. Keras: <c>ops.round</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="decimals">The number of decimals; 0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Round(TensorLike x, int decimals = 0) =>
        Apply("Round", new JsonObject { ["decimals"] = decimals }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise sign: -1, 0 or 1. Keras: <c>ops.sign</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Sign(TensorLike x) =>
        Apply("Sign", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns whether the sign bit is set, element-wise; true for -0. Keras: <c>ops.signbit</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Signbit(TensorLike x) =>
        Apply("Signbit", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise sine of angles in radians. Keras: <c>ops.sin</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Sin(TensorLike x) =>
        Apply("Sin", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise <c>sin(πx) / (πx)</c>, 1 at 0. Keras: <c>ops.sinc</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Sinc(TensorLike x) =>
        Apply("Sinc", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise hyperbolic sine. Keras: <c>ops.sinh</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Sinh(TensorLike x) =>
        Apply("Sinh", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise tangent of angles in radians. Keras: <c>ops.tan</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Tan(TensorLike x) =>
        Apply("Tan", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise hyperbolic tangent. Keras: <c>ops.tanh</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Tanh(TensorLike x) =>
        Apply("Tanh", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Truncates to integers, element-wise. Keras: <c>ops.trunc</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Trunc(TensorLike x) =>
        Apply("Trunc", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise negative. Keras: <c>ops.negative</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Negative(TensorLike x) =>
        Apply("Negative", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise square. Keras: <c>ops.square</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Square(TensorLike x) =>
        Apply("Square", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise square root. Keras: <c>ops.sqrt</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Sqrt(TensorLike x) =>
        Apply("Sqrt", null, tensors => [x.ToOperand(tensors)]);
}
