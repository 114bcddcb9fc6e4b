using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Optimizers;

namespace Cairn.Saving;

/// <summary>Models and how they are trained, as the JSON that Keras' files hold.</summary>
internal static class ModelSerialization
{
    /// <summary>The architecture: class name and config, layers in Keras 3's envelopes or in the bare ones of legacy files.</summary>
    public static JsonObject Architecture(Model model, bool legacy)
    {
        model.EnsureBuilt();
        return Layer(model, legacy);
    }

    /// <summary>Makes an unbuilt, uncompiled model of its architecture.</summary>
    /// <exception cref="ConfigException">It is not the architecture of a model that this version knows.</exception>
    public static Model ReadArchitecture(JsonNode? node, string place)
    {
        (string className, _) = KerasObject.Unwrap(node, place);
        return LayerRegistry.Deserialize(node, place) as Model
            ?? throw new ConfigException(place, $"expected a model such as Sequential, found the layer {className}");
    }

    /// <summary>The arguments of Compile as legacy files hold them.</summary>
    public static JsonObject LegacyTrainingConfig(Model model)
    {
        JsonObject optimizer = model.Optimizer!.Serialize();
        JsonObject config = CompileConfig(model);
        config.Remove("optimizer");
        config["optimizer_config"] = new JsonObject
        {
            ["class_name"] = optimizer["class_name"]!.DeepClone(),
            ["config"] = optimizer["config"]!.DeepClone(),
        };
        return config;
    }

    /// <summary>The arguments of Compile as <c>.keras</c> archives hold them.</summary>
    public static JsonObject CompileConfig(Model model) => new()
    {
        ["optimizer"] = model.Optimizer!.Serialize(),

        // The object form: Keras 3.16 can't load a legacy file that names a loss or metric by a short name such as "mse".
        ["loss"] = model.Loss?.SerializeForCompile(),
        ["loss_weights"] = null,
        ["metrics"] = Serialize(model.MetricSet!.Compiled),
        ["weighted_metrics"] = Serialize(model.MetricSet.CompiledWeighted),
        ["run_eagerly"] = false,
        ["steps_per_execution"] = 1,
        ["jit_compile"] = false,
    };

    /// <summary>Compiles a model as its file says.</summary>
    /// <exception cref="ConfigException">The file asks for what this version does not know.</exception>
    public static void Compile(Model model, JsonNode? node, string place)
    {
        ConfigReader config = ConfigReader.From(node, place);
        config.RefuseUnlessNull("loss_weights");
        string key = config.Has("optimizer_config") ? "optimizer_config" : "optimizer";
        Optimizer optimizer = OptimizerRegistry.Deserialize(config.Node(key), $"{place}/{key}");
        Loss? loss = Single(config.Node("loss")) is { } lossNode ? LossRegistry.Deserialize(lossNode, $"{place}/loss") : null;
        List<Metric> metrics = ReadMetrics(config, "metrics");
        List<Metric> weightedMetrics = ReadMetrics(config, "weighted_metrics");

        try
        {
            model.Compile(optimizer, loss, metrics, weightedMetrics);
        }
        catch (ArgumentException exception) when (exception is not ConfigException)
        {
            throw new ConfigException(place, exception.Message);
        }
    }

    private static JsonArray? Serialize(IReadOnlyList<Metric> metrics) =>
        metrics.Count == 0 ? null : new JsonArray([.. metrics.Select(m => m.Serialize())]);

    private static List<Metric> ReadMetrics(ConfigReader config, string key) =>
        [.. Flatten(config.Node(key), $"{config.Place}/{key}").Select(found => MetricRegistry.Deserialize(found.Node, found.Place))];

    /// <summary>A layer that is part of another one, as the other's configuration holds it in files of either kind.</summary>
    public static JsonObject Envelope(Layer layer) => Layer(layer, legacy: false);

    private static JsonObject Layer(Layer layer, bool legacy)
    {
        JsonObject config = layer switch
        {
            Input input => input.GetInputConfig(),
            Sequential sequential => SequentialConfig(sequential, legacy),
            Functional functional => FunctionalConfig(functional, legacy),
            _ => layer.GetConfig(),
        };
        if (legacy) return new JsonObject { ["class_name"] = KerasObject.RegisteredName(layer, layer.ClassName), ["config"] = config };
        JsonObject envelope = KerasObject.Of(layer, ModuleOf(layer), layer.ClassName, config);
        if (layer is Functional) envelope["registered_name"] = layer.ClassName;
        if (layer is not Input && layer.BuildConfig() is { } shapes) envelope["build_config"] = shapes;
        if (layer is Model) envelope["compile_config"] = new JsonObject();
        return envelope;
    }

    private static string ModuleOf(Layer layer) => layer switch
    {
        Functional => "keras.src.models.functional",
        Model => "keras",
        _ => "keras.layers",
    };

    private static JsonObject FunctionalConfig(Functional model, bool legacy)
    {
        var config = new JsonObject { ["name"] = model.Name, ["trainable"] = model.Trainable };
        GraphConfig.Write(model, config, layer => Layer(layer, legacy));
        return config;
    }

    private static JsonObject SequentialConfig(Sequential model, bool legacy)
    {
        JsonObject config = model.GetConfig();

        // Keras puts an InputLayer before the layers of every built model.
        Input input = model.InputLayer ?? new Input(model.InputShape![1..], name: "input_layer");
        config["layers"] = new JsonArray([Layer(input, legacy), .. model.Layers.Select(l => Layer(l, legacy))]);
        config["build_input_shape"] = Input.ToJson(model.InputShape!);
        return config;
    }

    // Keras 2 wrapped a single loss in a list or a dictionary by output name.
    private static JsonNode? Single(JsonNode? node) => node switch
    {
        JsonArray { Count: 1 } list => list[0],
        JsonObject { Count: 1 } map when !map.ContainsKey("class_name") => map.First().Value,
        _ => node,
    };

    private static IEnumerable<(JsonNode Node, string Place)> Flatten(JsonNode? node, string place)
    {
        switch (node)
        {
            case null:
                yield break;
            case JsonArray list:
                for (int i = 0; i < list.Count; i++)
                {
                    foreach (var inner in Flatten(list[i], $"{place}[{i}]")) yield return inner;
                }

                break;
            case JsonObject map when !map.ContainsKey("class_name"):
                foreach ((string output, JsonNode? ofOutput) in map)
                {
                    foreach (var inner in Flatten(ofOutput, $"{place}/{output}")) yield return inner;
                }

                break;
            default:
                yield return (node, place);
                break;
        }
    }
}
