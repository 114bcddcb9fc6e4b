using System.Text.Json.Nodes;
using Cairn.Layers;

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
        JsonObject config = CompileConfig.Of(model);
        config.Remove("optimizer");
        config["optimizer_config"] = new JsonObject
        {
            ["class_name"] = optimizer["class_name"]!.DeepClone(),
            ["config"] = optimizer["config"]!.DeepClone(),
        };
        return config;
    }

    /// <summary>A layer that is part of another one, as the other's configuration holds it in files of either kind.</summary>
    public static JsonObject Envelope(Layer layer) => Layer(layer, legacy: false);

    private static JsonObject Layer(Layer layer, bool legacy)
    {
        JsonObject config = layer switch
        {
            Input input => input.GetInputConfig(),
            Sequential sequential => SequentialConfig(sequential, legacy),
            Functional functional => FunctionalConfig(functional, legacy),
            Model model => OwnConfig(model, legacy),
            _ => layer.GetConfig(),
        };
        if (legacy)
        {
            return new JsonObject { ["class_name"] = KerasObject.RegisteredName(layer, SaveableNames.PythonClass(layer.ClassName)), ["config"] = config };
        }

        JsonObject envelope = KerasObject.Of(layer, ModuleOf(layer), layer.ClassName, config);
        if (layer is Functional)
        {
            envelope["registered_name"] = layer.ClassName;
        }

        if (layer is not Input && layer.BuildConfig() is { } shapes)
        {
            envelope["build_config"] = shapes;
        }

        if (layer is Model)
        {
            envelope["compile_config"] = new JsonObject();
        }

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

    private static JsonObject OwnConfig(Model model, bool legacy)
    {
        // Keras: only Functional and Sequential models go into HDF5; elsewhere get_config has to be there.
        if (legacy || !model.WritesConfig)
        {
            throw new NotSupportedException(
                $"The model '{model.Name}' is of the class {model.GetType().Name}, whose function no file can hold, so it can't be saved whole{(legacy ? " as '.h5'" : "")}. "
                + "SaveWeights(\"name.weights.h5\") keeps its weights (in ModelCheckpoint: saveWeightsOnly: true)"
                + (legacy ? "; a '.keras' file takes a class that overrides WriteConfig." : "; or override WriteConfig and make the class known with CustomObjects."));
        }

        return model.GetConfig();
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
}
