using System.Text.RegularExpressions;

namespace Cairn.Saving;

/// <summary>Keras 3's names for the layers of a list in a <c>.weights.h5</c> file: by class and count, not by layer name.</summary>
internal sealed partial class SaveableNames
{
    private readonly Dictionary<string, int> used = new(StringComparer.Ordinal);

    /// <summary>The name of the next member of the list: <c>dense</c>, <c>dense_1</c>, <c>conv2d</c>, <c>dense_2</c>…</summary>
    public string Next(string className)
    {
        string name = ToSnakeCase(className);
        int count = used.GetValueOrDefault(name);
        used[name] = count + 1;
        return count == 0 ? name : $"{name}_{count}";
    }

    /// <summary>
    /// Keras' rule for automatic names: <c>GlobalAveragePooling1D</c> becomes <c>global_average_pooling1d</c>, <c>ReLU</c> becomes
    /// <c>re_lu</c>.
    /// </summary>
    public static string ToSnakeCase(string className)
    {
        className = PythonClass(className);

        // The package of a registered class is not part of its name.
        string name = NotWord().Replace(className[(className.LastIndexOf('>') + 1)..], "");
        name = WordStart().Replace(name, "$1_$2");
        return LowerToUpper().Replace(name, "$1_$2").ToLowerInvariant();
    }

    /// <summary>
    /// The Python name of a class, from which automatic names and names in legacy files derive; one layer is exported under another name.
    /// </summary>
    public static string PythonClass(string className) => className == "GroupQueryAttention" ? "GroupedQueryAttention" : className;

    [GeneratedRegex(@"\W+")]
    private static partial Regex NotWord();

    [GeneratedRegex("(.)([A-Z][a-z]+)")]
    private static partial Regex WordStart();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex LowerToUpper();
}
