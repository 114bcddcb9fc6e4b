using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

// A layer as the JSON that Keras' files hold.
public abstract partial class Layer
{
    /// <summary>The module in which Keras 3 looks for the class.</summary>
    private protected virtual string KerasModule => "keras.layers";

    /// <summary>The layer as a model's file, or the configuration of a layer that it is part of, holds it.</summary>
    /// <param name="legacy">Whether for a legacy <c>.h5</c> file, whose envelope is a class name and a configuration.</param>
    internal JsonObject Serialize(bool legacy = false)
    {
        JsonObject config = ConfigFor(legacy);
        if (legacy)
        {
            return new JsonObject { ["class_name"] = KerasObject.RegisteredName(this, SaveableNames.PythonClass(ClassName)),
                ["config"] = config };
        }

        JsonObject envelope = KerasObject.Of(this, KerasModule, ClassName, config);
        CompleteEnvelope(envelope);
        return envelope;
    }

    /// <summary>The whole configuration as Keras writes it: the common keys, then the layer's own.</summary>
    internal JsonObject GetConfig()
    {
        var config = new JsonObject
        {
            ["name"] = Name,
            ["trainable"] = Trainable,
            ["dtype"] = KerasObject.Wrap("keras", "DTypePolicy", new JsonObject { ["name"] = "float32" }),
        };
        WriteConfig(config);
        return config;
    }

    /// <summary>The shapes the layer was built for, as Keras' files hold them; null before.</summary>
    internal virtual JsonObject? BuildConfig()
    {
        if (InputShapes.Count == 0)
        {
            return null;
        }

        CallArguments.TensorArgument first = BuildArguments.Tensors[0];
        JsonNode shapes = first.IsList
            ? new JsonArray([.. InputShapes.Take(first.Count).Select(Input.ToJson)])
            : Input.ToJson(InputShapes[0]);
        return new JsonObject { ["input_shape"] = shapes };
    }

    /// <summary>Takes the shapes for which a file says that the layer was built; of use to those that declare no shape of their own.</summary>
    internal virtual void TakeBuildShapes(IReadOnlyList<Shape>? shapes)
    {
    }

    /// <summary>The configuration within the envelope of a file.</summary>
    private protected virtual JsonObject ConfigFor(bool legacy) => GetConfig();

    /// <summary>Adds what Keras 3 writes beside the configuration.</summary>
    private protected virtual void CompleteEnvelope(JsonObject envelope)
    {
        if (BuildConfig() is { } shapes)
        {
            envelope["build_config"] = shapes;
        }
    }

    /// <summary>Adds the layer's own settings to its configuration, under Keras' names.</summary>
    protected virtual void WriteConfig(JsonObject config)
    {
    }
}
