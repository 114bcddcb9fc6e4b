using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Layers;

namespace Cairn.Saving.Runs;

/// <summary>What two runs must have in common for one to go on from the other, as JSON whose differences can be listed.</summary>
internal static class RunIdentity
{
    private const int MostDifferences = 20;
    private const int LongestValue = 80;
    private const string Rate = "learning_rate";
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Describes a run.</summary>
    /// <param name="model">The compiled and built model.</param>
    /// <param name="data">The data and how they are taken: sizes and settings by name.</param>
    /// <param name="callbacks">Names of the callbacks.</param>
    /// <param name="seed">The seed, or null where it was drawn.</param>
    public static string Of(Model model, JsonObject data, IEnumerable<string> callbacks, ulong? seed) => new JsonObject
    {
        ["model"] = Architecture(model),
        ["weights"] = new JsonArray(
            [.. model.Weights.Select(v => (JsonNode)$"{v.Path} {v.Shape}{(v.Value.requires_grad ? "" : " (not trained)")}")]),
        ["optimizer"] = OptimizerOf(model),
        ["loss"] = Described(() => CompileConfig.LossOf(model), model.Loss?.GetType() ?? model.GetType()),
        ["loss weights"] = model.CompiledLossWeights is { } weights ? new JsonArray([.. weights.Select(w => (JsonNode)w)]) : null,
        ["metrics"] = new JsonArray([.. model.Metrics.Select(m => (JsonNode)m.Name)]),
        ["data"] = data,
        ["callbacks"] = new JsonArray([.. callbacks.Select(name => (JsonNode)name)]),
        ["seed"] = seed is { } number ? (long)number : null,
    }.ToJsonString();

    /// <summary>What differs, one line each; empty where nothing does.</summary>
    public static IReadOnlyList<string> Differences(string saved, string now)
    {
        List<string> found = [];
        Compare("", ModelJson.ParseObject(saved, null, "identity", FileLimits.OfRuns),
            ModelJson.ParseObject(now, null, "identity", FileLimits.OfRuns), found);
        return found.Count <= MostDifferences ? found : [.. found.Take(MostDifferences), $"… and {found.Count - MostDifferences} more"];
    }

    // The rate of an optimizer that has been used is a state; that of a new one is how the run was set up.
    private static JsonObject OptimizerOf(Model model)
    {
        JsonObject optimizer = model.Optimizer!.Serialize();
        JsonNode config = optimizer["config"]!;
        if (config["inner_optimizer"] is { } inner)
        {
            config = inner["config"]!;
        }

        if (model.Optimizer is { Steps: > 0, Schedule: null })
        {
            config[Rate] = null;
        }

        return optimizer;
    }

    private static JsonNode Architecture(Model model) =>
        Described(() => ModelSerialization.Architecture(model, legacy: false), model.GetType())
        is JsonObject whole
            ? whole
            : new JsonArray([.. model.Layers.Select(layer => (JsonNode)$"{layer.Name} ({layer.ClassName})")]);

    // What the user wrote may have no configuration; its name must do.
    private static JsonNode? Described(Func<JsonNode?> describe, Type type)
    {
        try
        {
            return describe();
        }
        catch (Exception exception) when (exception is NotSupportedException or InvalidOperationException or NotImplementedException)
        {
            return type.Name;
        }
    }

    private static void Compare(string place, JsonNode? saved, JsonNode? now, List<string> found)
    {
        switch (saved, now)
        {
            case (JsonObject before, JsonObject after):
                foreach (string key in before.Select(pair => pair.Key).Union(after.Select(pair => pair.Key)))
                {
                    // A seed that was drawn is taken over.
                    if (key is "seed" or Rate && (before[key] is null || after[key] is null))
                    {
                        continue;
                    }

                    Compare(place.Length == 0 ? key : $"{place}.{key}", before[key], after[key], found);
                }

                break;
            case (JsonArray before, JsonArray after):
                if (before.Count != after.Count)
                {
                    found.Add($"{place}: {before.Count} in the backup, {after.Count} now ({Short(before)}; {Short(after)})");
                }

                for (int i = 0; i < Math.Min(before.Count, after.Count); i++)
                {
                    Compare($"{place}[{i}]", before[i], after[i], found);
                }

                break;
            default:
                if (!JsonNode.DeepEquals(saved, now))
                {
                    found.Add($"{place}: {Short(saved)} in the backup, {Short(now)} now");
                }

                break;
        }
    }

    private static string Short(JsonNode? node)
    {
        string text = node?.ToJsonString(Plain) ?? "none";
        return text.Length <= LongestValue ? text : text[..LongestValue] + "…";
    }
}
