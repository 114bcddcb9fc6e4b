using System.Globalization;
using System.Text.RegularExpressions;

namespace Cairn.Saving.Hdf5;

/// <summary>Converts the paths in <c>.weights.h5</c> files of TensorFlow 2.12 to 2.15 to Keras 3's form.</summary>
/// <remarks>
/// Keras 2.12 and 2.13 store a model's layers as <c>_layer_checkpoint_dependencies</c>, and 2.12 counts each layer with weights twice:
/// <c>dense</c>, <c>dense_2</c>, <c>dense_4</c>. On Windows the parts of a path are joined with a backslash, which HDF5 treats as an
/// ordinary character.
/// </remarks>
internal static partial class OldWeightPaths
{
    private const string OldList = "_layer_checkpoint_dependencies";
    private const string List = "layers";

    /// <summary>Renames the groups of an old file; those of newer files are unchanged.</summary>
    public static WeightGroups Modernized(WeightGroups groups)
    {
        if (!groups.Keys.Any(path => path.Contains(OldList, StringComparison.Ordinal) || path.Contains('\\', StringComparison.Ordinal)))
        {
            return groups;
        }

        string[][] paths = [.. groups.Keys.Select(path => path.Replace('\\', '/').Split('/'))];
        Dictionary<string, string> names = Renumbered(paths);
        var renamed = new WeightGroups(groups.Files);
        foreach ((string[] steps, WeightGroup group) in paths.Zip(groups.Values))
        {
            string path = string.Join('/', Enumerable.Range(0, steps.Length)
                .Select(i => steps[i] == OldList ? List : names.GetValueOrDefault(Prefix(steps, i), steps[i])));
            renamed.TryAdd(path, group with { Path = path });
        }

        return renamed;
    }

    // In each list of layers, the names of one class are renumbered 0, 1, 2… in the order of their original numbers.
    private static Dictionary<string, string> Renumbered(string[][] paths)
    {
        var lists = new Dictionary<string, SortedDictionary<int, string>>(StringComparer.Ordinal);
        foreach (string[] steps in paths)
        {
            for (int i = 1; i < steps.Length; i++)
            {
                if (steps[i - 1] is not (OldList or List))
                {
                    continue;
                }

                Match match = Numbered().Match(steps[i]);
                string stem = match.Success ? match.Groups[1].Value : steps[i];
                int number = match.Success
                    && int.TryParse(match.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed : 0;
                string list = $"{Prefix(steps, i - 1)}/{stem}";
                if (!lists.TryGetValue(list, out SortedDictionary<int, string>? members))
                {
                    lists[list] = members = [];
                }

                members.TryAdd(number, Prefix(steps, i));
            }
        }

        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string list, SortedDictionary<int, string> members) in lists)
        {
            string stem = list[(list.LastIndexOf('/') + 1)..];
            foreach ((int index, string path) in members.Values.Index())
            {
                names[path] = index == 0 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}_{index}");
            }
        }

        return names;
    }

    private static string Prefix(string[] steps, int last) => string.Join('/', steps.Take(last + 1));

    [GeneratedRegex(@"^(.+)_(\d+)$")]
    private static partial Regex Numbered();
}
