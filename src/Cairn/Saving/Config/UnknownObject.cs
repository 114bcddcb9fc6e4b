using System.Text.Json.Nodes;

namespace Cairn.Saving;

/// <summary>What is said of an object in a file whose class is not known.</summary>
internal static class UnknownObject
{
    private const int MostShown = 300;

    /// <summary>Names the class, the object, its configuration and the way out.</summary>
    /// <param name="kind">What it should be: <c>layer</c>, <c>loss</c>, …</param>
    /// <param name="className">The class in the file.</param>
    /// <param name="node">Keras' envelope of the object, or its bare name.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="known">The names that are known.</param>
    public static ConfigException Exception(string kind, string className, JsonNode? node, string place, IEnumerable<string> known)
    {
        string shown = Shown(className);
        string name = node is JsonObject envelope && envelope["config"] is JsonObject config && config["name"] is JsonValue value
            && value.TryGetValue(out string? text) && text != className ? $" of '{Shown(text)}'" : "";
        if (className is "Lambda")
        {
            return new ConfigException(
                place,
                $"the {kind}{name} is a Lambda, whose body is Python code: what a file brings along is never run. Write it as a class of your own and "
                + $"make it known with CustomObjects.Register(\"Lambda\", …).{Config(node)}");
        }

        string[] names = [.. known];
        string hint = KerasObject.IsOfKeras(node) || !names.Contains(className, StringComparer.OrdinalIgnoreCase)
            ? NearestName.Hint(className, names)
            : $"It is not Keras' class of that name, but one{Origin((JsonObject)node!)}.";
        return new ConfigException(
            place,
            $"the {kind} class '{shown}'{name} is not known here. {hint} A class of your own is made known with "
            + $"CustomObjects.Register(\"{shown[(shown.LastIndexOf('>') + 1)..]}\", …).{Config(node)}");
    }

    private static string Config(JsonNode? node)
    {
        if (node is not JsonObject envelope || envelope["config"] is not { } config)
        {
            return "";
        }

        return $" Its config: {JsonExcerpt.Of(config, MostShown)}";
    }

    private static string Origin(JsonObject envelope)
    {
        string module = Text(envelope["module"]) is { } given ? $" of the module '{Shown(given)}'" : " of a module of its own";
        return Text(envelope["registered_name"]) is { } registered ? $"{module}, registered as '{Shown(registered)}'" : module;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static string Shown(string name) => name.Length <= 80 ? name : $"{name.AsSpan(0, 77)}...";
}
