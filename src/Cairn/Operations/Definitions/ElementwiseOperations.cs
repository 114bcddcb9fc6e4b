using TorchSharp;
using static Cairn.Native.HeldScalar;
using static Cairn.Operations.OperationDefinition;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Element-wise functions.</summary>
internal static class ElementwiseOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        Numpy("Absolute", x => x.dtype == ScalarType.Bool ? x : x.abs()),
        Numpy("Fabs", x => Floating(x).abs()),
        Numpy("Negative", x => x.neg()),
        Numpy("Square", x => x.dtype == ScalarType.Bool ? x.to_type(ScalarType.Int32) : x.mul(x)),
        Numpy("Sqrt", x => Floating(x).sqrt()),
        Numpy("Cbrt", Cbrt),
        Numpy("Sign", x => x.sign()),
        Numpy("Signbit", x => x.signbit()),
        Numpy("Ceil", x => Floating(x).ceil()),
        Numpy("Floor", x => Floating(x).floor()),
        Numpy("Trunc", x => ElementTypes.IsFloating(x.dtype) ? x.trunc() : x),
        Numpy("Exp", x => Floating(x).exp()),
        Numpy("Exp2", x => Floating(x).exp2()),
        Numpy("Expm1", x => Floating(x).expm1()),
        Numpy("Log", x => Floating(x).log()),
        Numpy("Log2", x => Floating(x).log2()),
        Numpy("Log10", x => Floating(x).log10()),
        Numpy("Log1p", x => Floating(x).log1p()),
        Numpy("Sin", x => Floating(x).sin()),
        Numpy("Cos", x => Floating(x).cos()),
        Numpy("Tan", x => Floating(x).tan()),
        Numpy("Sinh", x => Floating(x).sinh()),
        Numpy("Cosh", x => Floating(x).cosh()),
        Numpy("Tanh", x => Floating(x).tanh()),
        Numpy("Arcsin", x => Floating(x).asin()),
        Numpy("Arccos", x => Floating(x).acos()),
        Numpy("Arctan", x => Floating(x).atan()),
        Numpy("Arcsinh", x => Floating(x).asinh()),
        Numpy("Arccosh", x => Floating(x).acosh()),
        Numpy("Arctanh", x => Floating(x).atanh()),
        Numpy("Sinc", x => Floating(x).sinc()),
        Numpy("Deg2rad", x => Floating(x).deg2rad()),
        Numpy("Rad2deg", x => Floating(x).rad2deg()),
        Numpy("Reciprocal", x => Floating(x).reciprocal()),
        Numpy("I0", x => Floating(x).i0()),
        Numpy("Copy", x => x.clone()),
        Numpy("Conjugate", x => ElementTypes.IsComplex(x.dtype) ? x.conj().resolve_conj() : x),
        Numpy("Real", x => ElementTypes.IsComplex(x.dtype) ? x.real : x),
        Numpy("Imag", x => ElementTypes.IsComplex(x.dtype) ? x.imag : x.zeros_like()),
        Numpy("Angle", x => (ElementTypes.IsComplex(x.dtype) ? x : Floating(x)).angle()),
        Numpy("LogicalNot", x => x.logical_not()),
        Numpy("BitwiseInvert", x => x.bitwise_not()),
        Numpy("BitwiseNot", x => x.bitwise_not()),
        Unary("math", "Rsqrt", x => Floating(x).rsqrt()),
        Unary("math", "Erf", x => Floating(x).erf()),
        Unary("math", "Erfc", x => Floating(x).erfc()),
        Unary("math", "Erfinv", x => Floating(x).erfinv()),
        Unary("core", "StopGradient", x => x.detach(), "variable"),
        new("numpy", "Round", "decimals=0", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long decimals = a.Long("decimals");
            return t => [ElementTypes.IsFloating(x.Of(t).dtype) ? x.Of(t).round(decimals)
                : x.Of(t).to_type(ScalarType.Float32).round(decimals).to_type(x.Of(t).dtype)];
        }),
        new("numpy", "Clip", "x_min, x_max", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            Scalar? least = Bound(a, "x_min");
            Scalar? most = Bound(a, "x_max");
            return t => [(x.Of(t).dtype == ScalarType.Bool ? x.Of(t).to_type(ScalarType.Int32) : x.Of(t)).clamp(least, most)];
        }),
        new("numpy", "NanToNum", "nan=0.0, posinf=None, neginf=None", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            double nan = a.Double("nan");
            double? highest = a.OptionalDouble("posinf");
            double? lowest = a.OptionalDouble("neginf");
            return t => [x.Of(t).nan_to_num(nan, highest, lowest)];
        }),
        new("core", "Cast", "dtype", "x", Cast),
        new("core", "SaturateCast", "dtype", "x", SaturateCast),
        new("core", "ConvertToTensor", "dtype=None, sparse=None, ragged=None", "x", Cast),
        new("numpy", "Array", "dtype=None", "x", Cast),
        new("numpy", "View", "dtype=None", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            ScalarType? type = a.Type("dtype");
            return t => [type is { } other ? Reinterpreted(x.Of(t), other) : x.Of(t)];
        }),
    ];

    private static OperationDefinition Numpy(string className, Func<Tensor, Tensor> function) => Unary("numpy", className, function);

    private static Tensor Floating(Tensor x) => ElementTypes.Floating(x);

    private static Tensor Cbrt(Tensor x)
    {
        Tensor floating = Floating(x);
        return floating.sign() * floating.abs().pow(Held(1.0 / 3.0));
    }

    /// <summary>A bound as an integer if it was written as one, since it does not change the type of integer tensors.</summary>
    private static Scalar? Bound(OperationArguments a, string name) => a.OptionalDouble(name) switch
    {
        null => null,
        double bound when a.Value(name)!.ToJsonString().AsSpan().IndexOfAny('.', 'e', 'E') < 0 && bound == Math.Floor(bound)
            && Math.Abs(bound) < 1L << 53 => Held((long)bound),
        double bound => Held(bound),
    };

    private static Func<Tensor[], Tensor[]> Cast(OperationArguments a)
    {
        OperationSource x = a.Tensor("x");
        ScalarType? type = a.Type("dtype");
        return t => [type is { } other ? x.Of(t).to_type(other) : x.Of(t)];
    }

    private static Func<Tensor[], Tensor[]> SaturateCast(OperationArguments a)
    {
        OperationSource x = a.Tensor("x");
        ScalarType type = a.Type("dtype") ?? throw a.Wrong("dtype", "a dtype");
        (double Least, double Most)? range = type switch
        {
            ScalarType.Byte => (0, 255),
            ScalarType.Int8 => (-128, 127),
            ScalarType.Int16 => (short.MinValue, short.MaxValue),
            ScalarType.Int32 => (int.MinValue, int.MaxValue),
            ScalarType.Bool => (0, 1),
            _ => null,
        };
        return t => [(range is { } r ? x.Of(t).to_type(ScalarType.Float64).clamp(Held(r.Least), Held(r.Most)) : x.Of(t)).to_type(type)];
    }

    /// <summary>Reinterprets the bits as another type; the last axis grows or shrinks with the sizes of the types.</summary>
    private static Tensor Reinterpreted(Tensor x, ScalarType type)
    {
        Tensor like = zeros(1, type);
        long now = x.element_size();
        long then = like.element_size();
        long[] shape = x.shape;
        if (now != then && (shape.Length == 0 || shape[^1] * now % then != 0))
        {
            throw new ArgumentException($"The last axis of {(Shape)shape} can't be divided into elements of "
                + $"type {ElementTypes.NameOf(type)}.");
        }

        if (shape.Length > 0)
        {
            shape[^1] = shape[^1] * now / then;
        }

        if (x.device_type == DeviceType.META)
        {
            return empty(shape, type, x.device);
        }

        Tensor held = x.cpu().contiguous();
        Tensor made = empty(shape, type);
        held.bytes.CopyTo(made.bytes);
        return made.to(x.device);
    }
}
