using System.Diagnostics.CodeAnalysis;

namespace Cairn;

public sealed partial class NDArrays
{
    /// <summary>Converts an array of strings.</summary>
    /// <param name="array">The strings, one per sample; null converts to null.</param>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(string[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts an array of strings.</summary>
    /// <param name="array">The strings; null converts to null.</param>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(string[,]? array) => array is null ? null : new((NDArray)array);
}
