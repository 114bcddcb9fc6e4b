using System.Diagnostics.CodeAnalysis;

namespace Cairn;

public sealed partial class NDArrays
{
    /// <summary>One array of strings.</summary>
    /// <param name="array">The strings, one for each sample; null stays null.</param>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(string[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>One array of strings.</summary>
    /// <param name="array">The strings; null stays null.</param>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(string[,]? array) => array is null ? null : new((NDArray)array);
}
