using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Operations;

/// <summary>The element types by Keras name, and Keras' type rules where they differ from libtorch.</summary>
internal static class ElementTypes
{
    private static readonly Dictionary<string, ScalarType> ByName = new(StringComparer.Ordinal)
    {
        ["float32"] = ScalarType.Float32,
        ["float16"] = ScalarType.Float16,
        ["bfloat16"] = ScalarType.BFloat16,
        ["float64"] = ScalarType.Float64,
        ["uint8"] = ScalarType.Byte,
        ["int8"] = ScalarType.Int8,
        ["int16"] = ScalarType.Int16,
        ["int32"] = ScalarType.Int32,
        ["int64"] = ScalarType.Int64,
        ["bool"] = ScalarType.Bool,
        ["complex64"] = ScalarType.ComplexFloat32,
        ["complex128"] = ScalarType.ComplexFloat64,

        // libtorch supports hardly any operation in these types.
        ["uint16"] = ScalarType.Int32,
        ["uint32"] = ScalarType.Int64,
        ["uint64"] = ScalarType.Int64,
    };

    /// <summary>The Keras names of the types.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The type with a Keras name.</summary>
    /// <exception cref="ArgumentException">There is no such type.</exception>
    public static ScalarType Parse(string name) => ByName.TryGetValue(name, out ScalarType type)
        ? type
        : throw new ArgumentException($"Unknown dtype '{name}'. {NearestName.Hint(name, ByName.Keys)}", nameof(name));

    /// <summary>The Keras name of a type.</summary>
    public static string NameOf(ScalarType type) => ByName.First(pair => pair.Value == type).Key;

    public static bool IsFloating(ScalarType type) =>
        type is ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16;

    public static bool IsComplex(ScalarType type) => type is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;

    /// <summary>Converts integers and Boolean values to float32; leaves other types unchanged.</summary>
    public static Tensor Floating(Tensor x) => IsFloating(x.dtype) || IsComplex(x.dtype) ? x : x.to_type(ScalarType.Float32);

    /// <summary>The type of a sum: Keras sums Boolean values and short integers as int32.</summary>
    public static ScalarType OfSum(ScalarType type) =>
        type is ScalarType.Bool or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Byte ? ScalarType.Int32 : type;

    /// <summary>Promotes two tensors to a common type; scalars adapt within their kind.</summary>
    public static (Tensor First, Tensor Second) Together(Tensor first, Tensor second)
    {
        ScalarType type = result_type(first, second);
        return (first.to_type(type), second.to_type(type));
    }
}
