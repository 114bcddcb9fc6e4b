using System.Text.Json.Nodes;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Optimizers;

namespace Cairn.Saving;

/// <summary>The arguments of Compile in Keras' file format; those of several outputs as a list, or keyed by output name.</summary>
internal static class CompileConfig
{
    private const int MostSettings = 100_000;

    /// <summary>The arguments of Compile in the format of <c>.keras</c> archives.</summary>
    public static JsonObject Of(Model model) => new()
    {
        ["optimizer"] = model.Optimizer!.Serialize(),
        ["loss"] = LossOf(model),
        ["loss_weights"] = model.CompiledLossWeights is { } weights ? Write(weights, weight => JsonValue.Create(weight)) : null,
        ["metrics"] = Write(model.MetricSet!.Compiled),
        ["weighted_metrics"] = Write(model.MetricSet.CompiledWeighted),
        ["run_eagerly"] = false,
        ["steps_per_execution"] = model.StepsPerExecution,
        ["jit_compile"] = false,
    };

    /// <summary>The losses; null if there are none.</summary>
    /// <remarks>
    /// In object form: Keras 3.16 can't load a legacy file that names a loss or metric by a short name such as <c>"mse"</c>.
    /// </remarks>
    public static JsonNode? LossOf(Model model) =>
        model.CompiledLosses is { } losses ? Write(losses, loss => loss?.SerializeForCompile()) : null;

    /// <summary>
    /// Compiles a model from the configuration in its file. If the configuration needs something that this version does not support, the
    /// model stays uncompiled, with a warning.
    /// </summary>
    /// <param name="model">A model that is not compiled.</param>
    /// <param name="node">The configuration; modified if Keras 2 wrote it.</param>
    /// <param name="place">Its place in the file.</param>
    /// <param name="ofKeras2">Whether Keras 2 wrote it.</param>
    /// <param name="warnings">Receives a sentence for each setting that can't be kept.</param>
    /// <returns>Whether the model is compiled.</returns>
    public static bool TryApply(Model model, JsonNode? node, string place, bool ofKeras2, List<string> warnings)
    {
        List<string> told = [];
        try
        {
            if (ofKeras2 && node is JsonObject training)
            {
                Keras2Training.Upgrade(training, told);
            }

            Apply(model, node, place);
            warnings.AddRange(told);
            return true;
        }
        catch (Exception exception) when (exception is ConfigException or InvalidOperationException or NotSupportedException)
        {
            string why = exception is ConfigException config ? $"{config.Problem.TrimEnd('.')} (at '{config.Place}')"
                : exception.Message.TrimEnd('.');
            warnings.Add(
                $"The model is not compiled, because the file uses something that this version does not support: {why}. "
                + "Compile it before training; the state of its optimizer is not loaded.");
            return false;
        }
    }

    /// <summary>Compiles a model from the configuration in its file.</summary>
    /// <exception cref="ConfigException">The configuration needs something that this version does not support.</exception>
    public static void Apply(Model model, JsonNode? node, string place)
    {
        var config = ConfigReader.From(node, place);
        string key = config.Has("optimizer_config") ? "optimizer_config" : "optimizer";

        // Keras omits the optimizer when it saves a model that was loaded from a legacy file as an archive, and compiles with its default.
        Optimizer optimizer = config.Node(key) is { } described ? OptimizerRegistry.Deserialize(described, $"{place}/{key}")
            : new RMSprop();
        OutputLosses? losses = ReadLosses(config.Node("loss"), $"{place}/loss");
        LossWeights? weights = ReadWeights(config.Node("loss_weights"), $"{place}/loss_weights");
        OutputMetrics metrics = ReadMetrics(config.Node("metrics"), $"{place}/metrics");
        OutputMetrics weightedMetrics = ReadMetrics(config.Node("weighted_metrics"), $"{place}/weighted_metrics");
        int stepsPerExecution = (int)config.Long("steps_per_execution", 1, 1, int.MaxValue);
        try
        {
            model.Compile(optimizer, losses, metrics, weightedMetrics, weights, stepsPerExecution);
        }
        catch (ArgumentException exception) when (exception is not ConfigException)
        {
            throw new ConfigException(place, exception.Message);
        }
    }

    private static JsonNode? Write<T>(PerOutput<T> settings, Func<T, JsonNode?> write)
    {
        if (settings.IsOne)
        {
            return write(settings[0]);
        }

        if (settings.Names.Count == 0)
        {
            return new JsonArray([.. settings.Select(write)]);
        }

        return new JsonObject(settings.Names.Select(name => KeyValuePair.Create(name, write(settings[name]))));
    }

    private static JsonNode? Write(OutputMetrics metrics) => metrics.Count == 0
        ? null
        : Write(metrics, group => group.IsOne ? group[0].Serialize() : new JsonArray([.. group.Select(metric => metric.Serialize())]));

    private static OutputLosses? ReadLosses(JsonNode? node, string place)
    {
        switch (node)
        {
            case null:
                return null;
            case JsonArray list:
                CheckCount(list.Count, place);

                // Keras 2 wrapped a single loss in a list or a dictionary by output name.
                if (list.Count == 1)
                {
                    return ReadLoss(list[0], $"{place}[0]");
                }

                return OutputLosses.Create([.. list.Select((loss, i) => ReadLoss(loss, $"{place}[{i}]"))]);
            case JsonObject map when IsByName(map):
                CheckCount(map.Count, place);
                if (map.Count == 1)
                {
                    return ReadLoss(map.First().Value, $"{place}/{map.First().Key}");
                }

                var losses = new OutputLosses();
                foreach ((string name, JsonNode? loss) in map)
                {
                    losses[Checked(name, place)] = ReadLoss(loss, $"{place}/{name}");
                }

                return losses;
            default:
                return ReadLoss(node, place);
        }
    }

    private static Loss? ReadLoss(JsonNode? node, string place) => node is null ? null : LossRegistry.Deserialize(node, place);

    private static LossWeights? ReadWeights(JsonNode? node, string place)
    {
        switch (node)
        {
            case null:
                return null;
            case JsonArray list:
                CheckCount(list.Count, place);
                return LossWeights.Create([.. list.Select((weight, i) => ReadWeight(weight, $"{place}[{i}]"))]);
            case JsonObject map:
                CheckCount(map.Count, place);
                var weights = new LossWeights();
                foreach ((string name, JsonNode? weight) in map)
                {
                    weights[Checked(name, place)] = ReadWeight(weight, $"{place}/{name}");
                }

                return weights;
            default:
                return ReadWeight(node, place);
        }
    }

    private static double ReadWeight(JsonNode? node, string place) => node is JsonValue value && value.TryGetValue(out double weight)
        ? weight
        : throw new ConfigException(place, $"expected a number, found {node?.GetValueKind().ToString() ?? "null"}");

    private static OutputMetrics ReadMetrics(JsonNode? node, string place)
    {
        var metrics = new OutputMetrics();
        switch (node)
        {
            case null:
                return metrics;
            case JsonArray list:
                CheckCount(list.Count, place);
                return OutputMetrics.Create([.. list.Select((group, i) => ReadGroup(group, $"{place}[{i}]"))]);
            case JsonObject map when IsByName(map):
                CheckCount(map.Count, place);
                foreach ((string name, JsonNode? group) in map)
                {
                    metrics[Checked(name, place)] = ReadGroup(group, $"{place}/{name}");
                }

                return metrics;
            default:
                return OutputMetrics.Create([ReadGroup(node, place)]);
        }
    }

    private static MetricGroup ReadGroup(JsonNode? node, string place)
    {
        if (node is JsonArray list)
        {
            CheckCount(list.Count, place);
            return MetricGroup.Create([.. list.SelectMany((metric, i) => ReadGroup(metric, $"{place}[{i}]"))]);
        }

        return node is null ? MetricGroup.Create([]) : MetricRegistry.Deserialize(node, place);
    }

    // A valid file nests no deeper than one list per output.
    private static void CheckCount(int count, string place)
    {
        if (count > MostSettings)
        {
            throw new ConfigException(place, $"expected at most {MostSettings} entries, found {count}");
        }
    }

    private static string Checked(string name, string place) =>
        name.Length > 0 ? name : throw new ConfigException(place, "an output's name is empty");

    private static bool IsByName(JsonObject map) => !map.ContainsKey("class_name");
}
