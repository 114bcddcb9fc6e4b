namespace Cairn.Saving;

/// <summary>The element types by their names in safetensors files.</summary>
internal static class SafetensorsType
{
    private static readonly (string Name, string Type)[] Known =
    [
        ("F32", WeightType.Float32), ("F16", WeightType.Float16), ("BF16", WeightType.BFloat16), ("F64", WeightType.Float64),
        ("I8", WeightType.Int8), ("I16", WeightType.Int16), ("I32", WeightType.Int32), ("I64", WeightType.Int64),
        ("U8", WeightType.UInt8), ("U16", WeightType.UInt16), ("U32", WeightType.UInt32), ("U64", WeightType.UInt64),
        ("BOOL", WeightType.Bool),
    ];

    /// <summary>All names, for messages.</summary>
    public static string All => string.Join(", ", Known.Select(known => known.Name));

    public static string NameOf(string type) => Known.First(known => known.Type == type).Name;

    /// <summary>The type with that name, or null.</summary>
    public static string? TypeOf(string name) => Array.Find(Known, known => known.Name == name).Type;
}
