using System.Text.Json.Nodes;

namespace Cairn.Saving;

/// <summary>What is said of an object in a file whose class is not known.</summary>
internal static class UnknownObject
{
    private const int MostShown = 200;

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
        if (kind == "layer" && className is "Lambda")
        {
            string layer = NameOf(node) ?? "lambda";
            return new ConfigException(
                place,
                $"the layer '{Shown(layer)}' is a Lambda, whose body is Python code: what a file brings along is never run.{Formula(node)} "
                    + "Give its function in C#: "
                + $"Model.Load(…, lambdas: new() {{ [\"{Shown(layer)}\"] = x => … }}), for several inputs {{ {{ \"{Shown(layer)}\", (a, b) "
                + $"=> … }} }}.");
        }

        string[] names = [.. known];
        string hint = KerasObject.IsOfKeras(node) || !names.Contains(className, StringComparer.OrdinalIgnoreCase)
            ? NearestName.Find(className, names) is { } nearest ? $" Did you mean '{nearest}'?" : ""
            : $" It is not Keras' class of that name, but one{Origin((JsonObject)node!)}.";
        string plain = shown[(shown.LastIndexOf('>') + 1)..];
        string line = kind switch
        {
            "layer" => $" Make the class known: Model.Load(…, customObjects: new() {{ {{ \"{plain}\", config => new {plain}(…) }} }}), or "
                + $"for every load CustomObjects.Register(\"{plain}\", …); where it has no weights a function will do: "
                + $"lambdas: new() {{ [\"{Shown(NameOf(node) ?? "its name")}\"] = x => … }}.",
            "loss" or "metric" => $" Make it known: Model.Load(…, customObjects: new() {{ {{ \"{plain}\", (yTrue, yPred) => … }} }}).",
            _ => $" A class of your own is made known with CustomObjects.Register(\"{plain}\", …).",
        };
        return new ConfigException(place, $"the {kind} class '{shown}'{name} is not known here.{hint}{line}{Config(node)}");
    }

    private static string? NameOf(JsonNode? node) =>
        node is JsonObject envelope && envelope["config"] is JsonObject config ? Text(config["name"]) : null;

    // The code as Keras 2 (a list) or Keras 3 (an envelope) keeps it.
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
        string module = Text(envelope["module"]) is { } given ? $" of the module '{Shown(given)}'" : " of a module of its own";
        return Text(envelope["registered_name"]) is { } registered ? $"{module}, registered as '{Shown(registered)}'" : module;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static string Shown(string name) => name.Length <= 80 ? name : $"{name.AsSpan(0, 77)}...";
}
