using TorchSharp;

namespace Cairn.Saving;

/// <summary>The element types by their numbers in TorchSharp's files, which are libtorch's.</summary>
internal static class ModuleType
{
    private static readonly (torch.ScalarType Number, string Type)[] Known =
    [
        (torch.ScalarType.Byte, WeightType.UInt8), (torch.ScalarType.Int8, WeightType.Int8), (torch.ScalarType.Int16, WeightType.Int16),
        (torch.ScalarType.Int32, WeightType.Int32), (torch.ScalarType.Int64, WeightType.Int64),
        (torch.ScalarType.Float16, WeightType.Float16),
        (torch.ScalarType.Float32, WeightType.Float32), (torch.ScalarType.Float64, WeightType.Float64),
        (torch.ScalarType.Bool, WeightType.Bool),
        (torch.ScalarType.BFloat16, WeightType.BFloat16),
    ];

    /// <exception cref="ArgumentException">libtorch has no such type.</exception>
    public static int NumberOf(WeightData weight) => Array.FindIndex(Known, known => known.Type == weight.DType) is >= 0 and var index
        ? (int)Known[index].Number
        : throw new ArgumentException($"'{weight.Name}' has type {weight.DType}, which a '.dat' file can't store.");

    /// <summary>The type of a tensor, or null.</summary>
    public static string? TypeOf(long number) => Array.Find(Known, known => (long)known.Number == number).Type;

    /// <summary>The libtorch type with that name, or null.</summary>
    public static torch.ScalarType? Of(string type) =>
        Array.FindIndex(Known, known => known.Type == type) is >= 0 and var index ? Known[index].Number : null;
}
