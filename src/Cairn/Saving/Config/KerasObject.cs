using System.Text.Json.Nodes;

namespace Cairn.Saving;

/// <summary>Keras 3's envelope of a serialized object: module, class name, config and registered name.</summary>
internal static class KerasObject
{
    private const string DefaultPackage = "Custom";

    public static JsonObject Wrap(string module, string className, JsonObject config) => new()
    {
        ["module"] = module,
        ["class_name"] = className,
        ["config"] = config,
        ["registered_name"] = null,
    };

    /// <summary>The envelope of an object whose class is Keras' own or user-defined.</summary>
    /// <remarks>
    /// A user-defined class is written with the name that Keras' <c>register_keras_serializable</c> gives it: <c>package&gt;Class</c>, with
    /// the package <c>Custom</c> unless the class name contains another.
    /// </remarks>
    public static JsonObject Of(object instance, string module, string className, JsonObject config)
    {
        if (!IsCustom(instance))
        {
            return Wrap(module, className, config);
        }

        string registered = RegisteredName(instance, className);
        return new JsonObject
        {
            ["module"] = null,
            ["class_name"] = registered[(registered.LastIndexOf('>') + 1)..],
            ["config"] = config,
            ["registered_name"] = registered,
        };
    }

    /// <summary>The class name of an object in legacy files, which have no separate registered name.</summary>
    public static string RegisteredName(object instance, string className) =>
        IsCustom(instance) && !className.Contains('>', StringComparison.Ordinal) ? $"{DefaultPackage}>{className}" : className;

    /// <summary>
    /// The class name and config of a Keras 2 or 3 envelope, or of a bare name. The envelope of a function gives its name.
    /// </summary>
    /// <exception cref="ConfigException">It is not an envelope, or contains Python code.</exception>
    public static (string ClassName, ConfigReader Config) Unwrap(JsonNode? node, string place)
    {
        if (node is JsonValue value && value.TryGetValue(out string? name))
        {
            return (name, new ConfigReader([], place));
        }

        var envelope = ConfigReader.From(node, place);
        string className = envelope.String("class_name");
        if (className == "function" && envelope.Node("config") is JsonValue function && function.TryGetValue(out string? functionName))
        {
            return (functionName, new ConfigReader([], place));
        }

        if (className == "__lambda__")
        {
            throw new ConfigException(place, "this is a Python lambda as compiled code; code in a file is never run");
        }

        JsonObject config = envelope.Node("config") switch
        {
            JsonObject map => WithPlainName(map),

            // The first versions of Keras 2 wrote a Sequential model as the bare list of its layers.
            JsonArray layers => new JsonObject { ["layers"] = layers.DeepClone() },
            _ => [],
        };
        return (className, new ConfigReader(config, $"{place}/{className}"));
    }

    // Keras 2 allowed slashes in names, which would be read as paths here and in Keras 3.
    private static JsonObject WithPlainName(JsonObject config)
    {
        if (Text(config, "name") is not { } name || !name.Contains('/', StringComparison.Ordinal))
        {
            return config;
        }

        var copy = (JsonObject)config.DeepClone();
        copy["name"] = name.Trim('/').Replace('/', '_');
        return copy;
    }

    /// <summary>
    /// Whether the class in an envelope is one of Keras' own: a user-defined class may have the same name, but then has another module, or
    /// a registered name.
    /// </summary>
    /// <remarks>A bare name, and a legacy envelope, which has neither module nor registered name, are taken for Keras' own.</remarks>
    public static bool IsOfKeras(JsonNode? node)
    {
        if (node is not JsonObject envelope)
        {
            return true;
        }

        string? registered = Text(envelope, "registered_name");
        return Text(envelope, "module") is { } module
            ? IsKerasModule(module) && registered?.Contains('>', StringComparison.Ordinal) != true
            : !envelope.ContainsKey("module") && registered is null;
    }

    /// <summary>Whether the node describes a class, not a bare name or a function.</summary>
    public static bool IsClass(JsonNode? node) => node is JsonObject envelope && Text(envelope, "class_name") is not "function";

    private static bool IsKerasModule(string module)
    {
        int dot = module.IndexOf('.', StringComparison.Ordinal);

        // Keras writes 'builtins' for its own functions as well as for user-defined ones.
        return module[..(dot < 0 ? module.Length : dot)] is "keras" or "tf_keras" or "keras_core" or "tensorflow" or "builtins";
    }

    private static string? Text(JsonObject envelope, string key) =>
        envelope[key] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static bool IsCustom(object instance) => instance.GetType().Assembly != typeof(KerasObject).Assembly;
}
