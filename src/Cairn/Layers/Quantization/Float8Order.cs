namespace Cairn.Layers;

/// <summary>The order of a float8 layer's weights, and of the optimizer's state for them, in files.</summary>
/// <remarks>
/// Keras adds the scales behind the kernel when it quantizes, but in front of it when it reads such a layer, and so can't read some files
/// of a model that it has just quantized. Files are written in the order in which Keras reads them; legacy files are read in both.
/// </remarks>
internal static class Float8Order
{
    private const string History = "_amax_history";

    /// <summary>Puts the scales of each layer in front of its other weights.</summary>
    /// <typeparam name="T">The type of a weight.</typeparam>
    /// <param name="weights">The weights.</param>
    /// <param name="pathOf">The path of a weight.</param>
    public static IReadOnlyList<T> ScalesFirst<T>(IReadOnlyList<T> weights, Func<T, string> pathOf)
    {
        if (!weights.Any(weight => pathOf(weight).Contains(History, StringComparison.Ordinal)))
        {
            return weights;
        }

        return [.. weights.GroupBy(weight => FolderOf(pathOf(weight)), StringComparer.Ordinal).SelectMany(layer =>
            layer.Any(weight => IsHistory(pathOf(weight)))
                ? layer.OrderBy(weight => IsScale(pathOf(weight)) ? 0 : 1)
                : layer.AsEnumerable())];
    }

    private static bool IsScale(string path) => NameOf(path).EndsWith("_scale", StringComparison.Ordinal) || IsHistory(path);

    private static bool IsHistory(string path) => NameOf(path).EndsWith(History, StringComparison.Ordinal);

    // Files of earlier versions of Keras add a number to each name.
    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..].Split(':')[0];

    private static string FolderOf(string path) => path[..(path.LastIndexOf('/') + 1)];
}
