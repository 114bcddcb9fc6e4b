using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

public static partial class Ops
{
    /// <summary>The numbers without their signs. Keras: <c>ops.absolute</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Absolute(TensorLike x) =>
        Apply("Absolute", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers without their signs. Keras: <c>ops.abs</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Abs(TensorLike x) =>
        Apply("Absolute", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers without their signs, as floating-point numbers. Keras: <c>ops.fabs</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Fabs(TensorLike x) =>
        Apply("Fabs", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The angles of complex numbers, in radians. Keras: <c>ops.angle</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Angle(TensorLike x) =>
        Apply("Angle", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The angles, in radians, of these cosines. Keras: <c>ops.arccos</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Arccos(TensorLike x) =>
        Apply("Arccos", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The inverse of the hyperbolic cosine. Keras: <c>ops.arccosh</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Arccosh(TensorLike x) =>
        Apply("Arccosh", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The angles, in radians, of these sines. Keras: <c>ops.arcsin</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Arcsin(TensorLike x) =>
        Apply("Arcsin", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The inverse of the hyperbolic sine. Keras: <c>ops.arcsinh</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Arcsinh(TensorLike x) =>
        Apply("Arcsinh", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The angles, in radians, of these tangents. Keras: <c>ops.arctan</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Arctan(TensorLike x) =>
        Apply("Arctan", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The angles, in radians, of the points with these ordinates and abscissas. Keras: <c>ops.arctan2</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Arctan2(TensorLike x1, TensorLike x2) =>
        Apply("Arctan2", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>The inverse of the hyperbolic tangent. Keras: <c>ops.arctanh</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Arctanh(TensorLike x) =>
        Apply("Arctanh", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers, in another type where one is given. Keras: <c>ops.array</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Array(TensorLike x, string? dtype = null) =>
        Apply("Array", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The same bits as numbers of another type. Keras: <c>ops.view</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor View(TensorLike x, string? dtype = null) =>
        Apply("View", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The other bits; of truth values the other ones. Keras: <c>ops.bitwise_invert</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor BitwiseInvert(TensorLike x) =>
        Apply("BitwiseInvert", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The other bits; of truth values the other ones. Keras: <c>ops.bitwise_not</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor BitwiseNot(TensorLike x) =>
        Apply("BitwiseNot", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The cube roots. Keras: <c>ops.cbrt</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Cbrt(TensorLike x) =>
        Apply("Cbrt", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The next whole numbers above. Keras: <c>ops.ceil</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Ceil(TensorLike x) =>
        Apply("Ceil", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The complex conjugates. Keras: <c>ops.conjugate</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Conjugate(TensorLike x) =>
        Apply("Conjugate", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The complex conjugates. Keras: <c>ops.conj</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Conj(TensorLike x) =>
        Apply("Conjugate", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>A copy. Keras: <c>ops.copy</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Copy(TensorLike x) =>
        Apply("Copy", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The cosines of angles in radians. Keras: <c>ops.cos</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Cos(TensorLike x) =>
        Apply("Cos", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The hyperbolic cosines. Keras: <c>ops.cosh</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Cosh(TensorLike x) =>
        Apply("Cosh", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Degrees as radians. Keras: <c>ops.deg2rad</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Deg2rad(TensorLike x) =>
        Apply("Deg2rad", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Radians as degrees. Keras: <c>ops.rad2deg</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Rad2deg(TensorLike x) =>
        Apply("Rad2deg", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>e to the power of each number. Keras: <c>ops.exp</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Exp(TensorLike x) =>
        Apply("Exp", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>2 to the power of each number. Keras: <c>ops.exp2</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Exp2(TensorLike x) =>
        Apply("Exp2", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>e to the power of each number, less 1, exact near 0. Keras: <c>ops.expm1</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Expm1(TensorLike x) =>
        Apply("Expm1", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The next whole numbers below. Keras: <c>ops.floor</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Floor(TensorLike x) =>
        Apply("Floor", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The imaginary parts. Keras: <c>ops.imag</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Imag(TensorLike x) =>
        Apply("Imag", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The modified Bessel function of the first kind and order 0. Keras: <c>ops.i0</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor I0(TensorLike x) =>
        Apply("I0", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The natural logarithms. Keras: <c>ops.log</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Log(TensorLike x) =>
        Apply("Log", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The logarithms to base 10. Keras: <c>ops.log10</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Log10(TensorLike x) =>
        Apply("Log10", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The natural logarithms of 1 more, exact near 0. Keras: <c>ops.log1p</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Log1p(TensorLike x) =>
        Apply("Log1p", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The logarithms to base 2. Keras: <c>ops.log2</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Log2(TensorLike x) =>
        Apply("Log2", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The other truth values; any number but 0 counts as true. Keras: <c>ops.logical_not</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor LogicalNot(TensorLike x) =>
        Apply("LogicalNot", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers with others in place of what is not a number or infinite. Keras: <c>ops.nan_to_num</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="nan">See Keras; 0.0 by default.</param>
    /// <param name="posinf">See Keras. Keras' own choice by default.</param>
    /// <param name="neginf">See Keras. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor NanToNum(TensorLike x, double nan = 0.0, double? posinf = null, double? neginf = null) =>
        Apply("NanToNum", new JsonObject { ["nan"] = nan, ["posinf"] = posinf, ["neginf"] = neginf }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The real parts. Keras: <c>ops.real</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Real(TensorLike x) =>
        Apply("Real", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>1 divided by each number. Keras: <c>ops.reciprocal</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Reciprocal(TensorLike x) =>
        Apply("Reciprocal", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The nearest numbers with so many decimals; halves go to the even neighbour. Keras: <c>ops.round</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="decimals">See Keras; 0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Round(TensorLike x, int decimals = 0) =>
        Apply("Round", new JsonObject { ["decimals"] = decimals }, tensors => [x.ToOperand(tensors)]);

    /// <summary>-1, 0 or 1 by the sign of each number. Keras: <c>ops.sign</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Sign(TensorLike x) =>
        Apply("Sign", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Where the sign is negative, also of -0. Keras: <c>ops.signbit</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Signbit(TensorLike x) =>
        Apply("Signbit", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The sines of angles in radians. Keras: <c>ops.sin</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Sin(TensorLike x) =>
        Apply("Sin", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>sin(πx) / (πx), 1 at 0. Keras: <c>ops.sinc</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Sinc(TensorLike x) =>
        Apply("Sinc", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The hyperbolic sines. Keras: <c>ops.sinh</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Sinh(TensorLike x) =>
        Apply("Sinh", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The tangents of angles in radians. Keras: <c>ops.tan</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Tan(TensorLike x) =>
        Apply("Tan", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The hyperbolic tangents. Keras: <c>ops.tanh</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Tanh(TensorLike x) =>
        Apply("Tanh", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers without their fractions. Keras: <c>ops.trunc</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Trunc(TensorLike x) =>
        Apply("Trunc", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers with the other sign. Keras: <c>ops.negative</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Negative(TensorLike x) =>
        Apply("Negative", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The squares. Keras: <c>ops.square</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Square(TensorLike x) =>
        Apply("Square", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The square roots. Keras: <c>ops.sqrt</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Sqrt(TensorLike x) =>
        Apply("Sqrt", null, tensors => [x.ToOperand(tensors)]);
}
