using System.Text.Json.Nodes;
using Cairn.Saving.Hdf5;

namespace Cairn.Saving;

/// <summary>
/// Weights that Keras 3 sharded over several <c>.weights.h5</c> files (<c>save_weights("name.weights.json", max_shard_size=…)</c>), located
/// by the JSON file that maps variables to files.
/// </summary>
internal sealed class ShardedWeights : ModelFile
{
    private const string MapKey = "weight_map";

    public override IReadOnlyList<string> Endings => [".weights.json"];

    public override bool HoldsOptimizer => true;

    public override bool IsWritten => false;

    /// <summary>Reads all groups, by path.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">It is not such a file, or one of the files it names is missing or damaged.</exception>
    public static WeightGroups Read(string path, FileLimits? limits = null)
    {
        limits ??= FileLimits.Current;
        JsonObject map = ReadMap(path, limits);
        List<WeightGroups> shards = [];
        try
        {
            Dictionary<string, WeightGroups> byName = new(StringComparer.Ordinal);
            var all = new WeightGroups(shards);
            foreach ((string key, string name) in Entries(map, path))
            {
                if (!byName.TryGetValue(name, out WeightGroups? shard))
                {
                    if (byName.Count == limits.MaximumMembers)
                    {
                        throw Failure($"the file names more than {limits.MaximumMembers} files.", path, key);
                    }

                    shards.Add(byName[name] = shard = Open(name, path, key, limits));
                    Merge(shard, all, path, name);
                }

                if (!shard.TryGetValue(PathOf(key), out WeightGroup? group) || group.Weights.Count == 0)
                {
                    throw Failure($"'{name}' has no weights at '{Shown(key)}'.", path, key);
                }
            }

            // Within a shard the variables are in order, but a group may start in one shard and end in another.
            foreach ((string place, WeightGroup group) in all.ToArray())
            {
                all[place] = group with { Weights = [.. WeightsHdf5.InOrder(group.Weights, weight => weight.Name)] };
            }

            return all.Count > 0 ? all : throw Failure("the file names no weights.", path, MapKey);
        }
        catch
        {
            foreach (WeightGroups shard in shards)
            {
                shard.Dispose();
            }

            throw;
        }
    }

    public override void LoadWeights(Model model, string path, WeightLoading loading)
    {
        using WeightGroups groups = Read(path);
        WeightsFile.Load(model, groups, path, loading);
    }

    public override IModelSnapshot Prepare(Model model, IReadOnlyDictionary<string, string>? remarks, Func<Variable, WeightData> read) =>
        throw new NotSupportedException("Writing sharded weights is not supported.");

    public override ListedWeights List(string path)
    {
        WeightGroups groups = Read(path);
        return ListedWeights.Of(groups, groups);
    }

    protected override bool Recognizes(WeightSource file) => ArchitectureFile.TryReadJson(file) is { } json && json.ContainsKey(MapKey);

    private static JsonObject ReadMap(string path, FileLimits limits)
    {
        using var file = WeightSource.Open(path);
        if (file.Length > limits.MaximumJsonBytes)
        {
            throw Failure($"the file has {file.Length} bytes; at most {limits.MaximumJsonBytes} are allowed.", path, null);
        }

        byte[] text = new byte[file.Length];
        file.Read(0, text);
        return ModelJson.ParseObject(text, path, null, limits)[MapKey] as JsonObject
            ?? throw Failure("expected an object that maps weights to files.", path, MapKey);
    }

    // A group is in one file, or spans several.
    private static IEnumerable<(string Key, string Name)> Entries(JsonObject map, string path)
    {
        foreach ((string key, JsonNode? value) in map)
        {
            foreach (JsonNode? item in value as JsonArray ?? [value?.DeepClone()])
            {
                yield return item is JsonValue text && text.TryGetValue(out string? name)
                    ? (key, name)
                    : throw Failure($"expected a file name, found {JsonExcerpt.Of(item, 80)}.", path, key);
            }
        }
    }

    private static WeightGroups Open(string name, string path, string key, FileLimits limits)
    {
        if (!ZipMembers.IsPlain(name) || Named(name) is not WeightsFile)
        {
            throw Failure($"'{Shown(name)}' is not allowed; expected the name of a '.weights.h5' file in the same folder.", path, key);
        }

        string shard = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name);
        return File.Exists(shard)
            ? WeightsHdf5.Read(shard, limits)
            : throw Failure($"the file '{name}' with these weights is missing in the same folder.", path, key);
    }

    private static void Merge(WeightGroups shard, WeightGroups all, string path, string name)
    {
        foreach ((string place, WeightGroup group) in shard)
        {
            if (!all.TryGetValue(place, out WeightGroup? before))
            {
                all[place] = group;
                continue;
            }

            if (before.Weights.Select(weight => weight.Name).Intersect(group.Weights.Select(weight => weight.Name))
                .FirstOrDefault() is { } twice)
            {
                throw Failure($"the weight '{twice}' at '{Shown(place)}' is in both '{name}' and another file.", path, MapKey);
            }

            all[place] = new WeightGroup(place, before.Name ?? group.Name, [.. before.Weights, .. group.Weights]);
        }
    }

    private static string PathOf(string key)
    {
        string place = key.TrimStart('/');
        return place == WeightsHdf5.Variables ? "" : place.EndsWith($"/{WeightsHdf5.Variables}", StringComparison.Ordinal)
            ? place[..^(WeightsHdf5.Variables.Length + 1)] : place;
    }

    private static ModelFormatException Failure(string problem, string path, string? place) =>
        new(problem, path, place is null or MapKey ? place : $"{MapKey}/{Shown(place)}");

    private static string Shown(string text) => ZipMembers.Shown(text);
}
