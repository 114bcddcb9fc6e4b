namespace Cairn.Saving;

/// <summary>The element types that a weight can have in a file, by their NumPy and Keras names.</summary>
internal static class WeightType
{
    public const string BFloat16 = "bfloat16";
    public const string Float16 = "float16";
    public const string Float32 = "float32";
    public const string Float64 = "float64";
    public const string Int8 = "int8";
    public const string Int16 = "int16";
    public const string Int32 = "int32";
    public const string Int64 = "int64";
    public const string UInt8 = "uint8";
    public const string UInt16 = "uint16";
    public const string UInt32 = "uint32";
    public const string UInt64 = "uint64";
    public const string Bool = "bool";

    /// <summary>The size of one element in bytes.</summary>
    public static int SizeOf(string type) => type switch
    {
        Bool or Int8 or UInt8 => 1,
        BFloat16 or Float16 or Int16 or UInt16 => 2,
        Float32 or Int32 or UInt32 => 4,
        Float64 or Int64 or UInt64 => 8,
        _ => throw new ArgumentException(
            $"Unknown element type '{type}'; known are {string.Join(", ", All)}.", nameof(type)),
    };

    /// <summary>The name of a supported element type, or null.</summary>
    public static string? Of<T>()
        where T : unmanaged =>
        typeof(T) == typeof(float) ? Float32 : typeof(T) == typeof(double) ? Float64 : typeof(T) == typeof(long) ? Int64 : null;

    /// <summary>The types that NumPy and HDF5 also have: all but <see cref="BFloat16"/>.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Float16, Float32, Float64, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Bool];
}
