using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

// A layer as JSON, as stored in Keras files.
public abstract partial class Layer
{
    /// <summary>The Python module in which Keras 3 looks up the class.</summary>
    private protected virtual string KerasModule => "keras.layers";

    /// <summary>Serializes the layer for a model file, or for the configuration of the layer that contains it.</summary>
    /// <param name="legacy">Whether to write the legacy <c>.h5</c> form, whose envelope is a class name and a configuration.</param>
    internal JsonObject Serialize(bool legacy = false)
    {
        JsonObject config = ConfigFor(legacy);
        if (legacy)
        {
            string className = SaveableNames.PythonClass(ClassName);
            var bare = new JsonObject
            {
                ["class_name"] = IsSavedAsOfKeras ? className : KerasObject.RegisteredName(this, className),
                ["config"] = config,
            };
            SharedLayers.Written(this, bare);
            return bare;
        }

        JsonObject envelope = IsSavedAsOfKeras
            ? KerasObject.Wrap(KerasModule, ClassName, config)
            : KerasObject.Of(this, KerasModule, ClassName, config);
        CompleteEnvelope(envelope);
        SharedLayers.Written(this, envelope);
        return envelope;
    }

    /// <summary>Whether files contain the name of the base class, which has the complete configuration.</summary>
    private protected virtual bool IsSavedAsOfKeras => false;

    /// <summary>The whole configuration as Keras writes it: the common keys, then the layer's own.</summary>
    internal JsonObject GetConfig()
    {
        var config = new JsonObject
        {
            ["name"] = Name,
            ["trainable"] = Trainable,
            ["dtype"] = KerasObject.Wrap("keras", "DTypePolicy", new JsonObject { ["name"] = DTypePolicy.Name }),
        };
        WriteConfig(config);
        return config;
    }

    /// <summary>The shapes the layer was built for, as stored in Keras files; null before it is built.</summary>
    internal virtual JsonObject? BuildConfig()
    {
        if (InputShapes.Count == 0)
        {
            return null;
        }

        CallArguments.TensorArgument first = BuildArguments.Tensors[0];
        JsonNode shapes = first.IsList
            ? new JsonArray([.. InputShapes.Take(first.Count).Select(ShapeJson.ToJson)])
            : InputShapes[0].ToJson();
        return new JsonObject { ["input_shape"] = shapes };
    }

    /// <summary>
    /// Receives the shapes the layer was built for according to a file; used by layers that don't declare a shape of their own.
    /// </summary>
    internal virtual void TakeBuildShapes(IReadOnlyList<Shape>? shapes)
    {
    }

    /// <summary>The configuration within the envelope of a file.</summary>
    private protected virtual JsonObject ConfigFor(bool legacy) => GetConfig();

    /// <summary>Adds the keys that Keras 3 writes next to the configuration.</summary>
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
