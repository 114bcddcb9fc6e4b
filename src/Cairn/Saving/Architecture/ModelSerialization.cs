using System.Text.Json.Nodes;
using Cairn.Layers;

namespace Cairn.Saving;

/// <summary>Models and their training configuration as the JSON in Keras files.</summary>
internal static class ModelSerialization
{
    /// <summary>The architecture: class name and config, with layers in Keras 3's envelopes or in the bare ones of legacy files.</summary>
    public static JsonObject Architecture(Model model, bool legacy)
    {
        model.EnsureBuilt();
        using var shared = new SharedLayers();
        return model.Serialize(legacy);
    }

    /// <summary>Creates an unbuilt, uncompiled model from its architecture.</summary>
    /// <exception cref="ConfigException">It is not the architecture of a model that this version supports.</exception>
    public static Model ReadArchitecture(JsonNode? node, string place)
    {
        (string className, _) = KerasObject.Unwrap(node, place);
        using var shared = new SharedLayers();
        return LayerRegistry.Deserialize(node, place) as Model
            ?? throw new ConfigException(place, $"expected a model such as Sequential, found the layer {className}");
    }

    /// <summary>The arguments of Compile in the format of legacy files.</summary>
    public static JsonObject LegacyTrainingConfig(Model model)
    {
        JsonObject optimizer = model.Optimizer!.Serialize();
        JsonObject config = CompileConfig.Of(model);
        config.Remove("optimizer");
        config["optimizer_config"] = new JsonObject
        {
            ["class_name"] = (optimizer["registered_name"] ?? optimizer["class_name"]!).DeepClone(),
            ["config"] = optimizer["config"]!.DeepClone(),
        };
        return config;
    }
}
