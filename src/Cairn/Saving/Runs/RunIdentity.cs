using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cairn.Saving.Runs;

/// <summary>The properties that must agree for one run to resume another, as JSON whose differences can be listed.</summary>
internal static class RunIdentity
{
    /// <summary>The key of the run's first epoch in the description of the data.</summary>
    public const string FirstEpoch = "first epoch";

    private const string BeginsWith = "begins with";
    private const string FirstWeights = "first weights";
    private const int MostDifferences = 20;
    private const int LongestValue = 80;
    private const string Rate = "learning_rate";

    private static readonly string[] OfAnotherFit = [FirstEpoch, BeginsWith, FirstWeights, Fingerprint.Training, Fingerprint.Validation];

    // Compared only if both runs have a value: not always known, or drawn at random and then restored.
    private static readonly HashSet<string> Optional = new(StringComparer.Ordinal)
    {
        "seed", Rate, FirstEpoch, BeginsWith, FirstWeights, Fingerprint.Training, Fingerprint.Validation,
    };
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Describes a run.</summary>
    /// <param name="model">The compiled and built model.</param>
    /// <param name="data">The data and their settings (such as sizes), by name.</param>
    /// <param name="callbacks">Names of the callbacks.</param>
    /// <param name="seed">The seed, or null if it was drawn at random.</param>
    public static string Of(Model model, JsonObject data, IEnumerable<string> callbacks, ulong? seed) => new JsonObject
    {
        ["model"] = Architecture(model),
        ["weights"] = new JsonArray(
            [.. model.Weights.Select(v => (JsonNode)$"{v.Path} {v.Shape}{(v.Value.requires_grad ? "" : " (not trained)")}")]),
        ["optimizer"] = OptimizerOf(model),
        ["loss"] = Described(() => CompileConfig.LossOf(model), model.Loss?.GetType() ?? model.GetType()),
        ["loss weights"] = model.CompiledLossWeights is { } weights ? new JsonArray([.. weights.Select(w => (JsonNode)w)]) : null,
        ["metrics"] = new JsonArray([.. model.Metrics.Select(m => (JsonNode)m.Name)]),
        [BeginsWith] = HasPast(model) ? "weights that were set, loaded or trained" : "new weights",
        [FirstWeights] = HasPast(model) && AreKnown(model) ? Fingerprint.Of(model) : null,
        ["data"] = data,
        ["callbacks"] = new JsonArray([.. callbacks.Select(name => (JsonNode)name)]),
        ["seed"] = seed is { } number ? (long)number : null,
    }.ToJsonString();

    /// <summary>The names of the callbacks in a description.</summary>
    public static IReadOnlyList<string> CallbacksOf(string identity) =>
        [.. ModelJson.ParseObject(identity, null, "identity", FileLimits.OfRuns)["callbacks"]?.AsArray()
        .Select(name => (string)name!) ?? []];

    /// <summary>Whether the differences are those between two runs of one program, rather than changed settings.</summary>
    public static bool AreOfAnotherFit(IReadOnlyList<string> differences) => differences.Any(difference => OfAnotherFit.Any(
        key => difference.StartsWith($"{key}: ", StringComparison.Ordinal)
        || difference.StartsWith($"data.{key}: ", StringComparison.Ordinal)));

    /// <summary>The differences, one line each; empty if there are none.</summary>
    public static IReadOnlyList<string> Differences(string saved, string now)
    {
        List<string> found = [];
        Compare("", ModelJson.ParseObject(saved, null, "identity", FileLimits.OfRuns),
            ModelJson.ParseObject(now, null, "identity", FileLimits.OfRuns), found);
        return found.Count <= MostDifferences ? found : [.. found.Take(MostDifferences), $"… and {found.Count - MostDifferences} more"];
    }

    // New weights follow from the seed. Without a seed they are drawn in each process, and those of the backup are used.
    private static bool HasPast(Model model) => model.Weights.Any(variable => variable.WasAssigned || variable.WasTrained);

    // Whether another process computes the same weights: not if they were trained from unseeded initial weights.
    private static bool AreKnown(Model model) =>
        (!model.SeedIsDrawn && !HasModules(model)) || model.Weights.All(variable => variable.WasAssigned && !variable.WasTrained);

    private static bool HasModules(Model model) => model is TorchModel || model.Layers.OfType<Model>().Any(HasModules);

    // The learning rate of a used optimizer is state; that of a new one is part of the setup.
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

    // A user-defined object may have no configuration; then its name must suffice.
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
                    if (Optional.Contains(key) && (before[key] is null || after[key] is null))
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
