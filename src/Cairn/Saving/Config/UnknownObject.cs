using System.Text.Json.Nodes;

namespace Cairn.Saving;

/// <summary>The error for an object in a file whose class is unknown.</summary>
internal static class UnknownObject
{
    private const int MostShown = 200;

    /// <summary>Names the class, the object, its configuration and a way to load it.</summary>
    /// <param name="kind">The expected kind: <c>layer</c>, <c>loss</c>, …</param>
    /// <param name="className">The class in the file.</param>
    /// <param name="node">The Keras envelope of the object, or its bare name.</param>
    /// <param name="place">Its place in the file.</param>
    /// <param name="known">The known names.</param>
    public static ConfigException Exception(string kind, string className, JsonNode? node, string place, IEnumerable<string> known)
    {
        string shown = Shown(className);
        string name = node is JsonObject envelope && envelope["config"] is JsonObject config && config["name"] is JsonValue value
            && value.TryGetValue(out string? text) && text != className ? $" of '{Shown(text)}'" : "";
        if (kind == "layer" && className is "Lambda")
        {
            string layer = NameOf(node) ?? "lambda";
            return new ConfigException(
                place,
                $"the layer '{Shown(layer)}' is a Lambda whose body is Python code, which is never run.{Formula(node)} Pass its "
                    + "function in C#: "
                + $"Model.Load(…, lambdas: new() {{ [\"{Shown(layer)}\"] = x => … }}), or for several inputs {{ {{ \"{Shown(layer)}\", (a, "
                + $"b) => … }} }}.");
        }

        string[] names = [.. known];
        string hint = KerasObject.IsOfKeras(node) || !names.Contains(className, StringComparer.OrdinalIgnoreCase)
            ? NearestName.Find(className, names) is { } nearest ? $" Did you mean '{nearest}'?" : ""
            : $" It is not the Keras class of that name, but a class{Origin((JsonObject)node!)}.";
        string plain = shown[(shown.LastIndexOf('>') + 1)..];
        string line = kind switch
        {
            "layer" => $" Register the class: Model.Load(…, customObjects: new() {{ {{ \"{plain}\", config => new {plain}(…) }} }}), or "
                + $"for all loads CustomObjects.Register(\"{plain}\", …). For a layer without weights, a function is enough: "
                + $"lambdas: new() {{ [\"{Shown(NameOf(node) ?? "its name")}\"] = x => … }}.",
            "loss" or "metric" => $" Register it: Model.Load(…, customObjects: new() {{ {{ \"{plain}\", (yTrue, yPred) => … }} }}).",
            _ => $" Register a custom class with CustomObjects.Register(\"{plain}\", …).",
        };
        return new ConfigException(place, $"the {kind} class '{shown}'{name} is unknown.{hint}{line}{Config(node)}");
    }

    private static string? NameOf(JsonNode? node) =>
        node is JsonObject envelope && envelope["config"] is JsonObject config ? Text(config["name"]) : null;

    // The code as stored by Keras 2 (a list) or Keras 3 (an envelope).
    private static string Formula(JsonNode? node)
    {
        JsonNode? function = node is JsonObject envelope && envelope["config"] is JsonObject config ? config["function"] : null;
        string? code = function switch
        {
            JsonArray { Count: > 0 } list => Text(list[0]),
            JsonObject map when map["config"] is JsonObject inner => Text(inner["code"]),
            _ => null,
        };
        return code is null ? "" : PythonFormula.Describe(code);
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
        string module = Text(envelope["module"]) is { } given ? $" of the module '{Shown(given)}'" : " of another module";
        return Text(envelope["registered_name"]) is { } registered ? $"{module}, registered as '{Shown(registered)}'" : module;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static string Shown(string name) => name.Length <= 80 ? name : $"{name.AsSpan(0, 77)}...";
}
