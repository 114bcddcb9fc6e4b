using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cairn.Callbacks;

namespace Cairn.Tests;

/// <summary>
/// A function of <see cref="Applications"/> called with Keras' arguments, and its model as text, in the format in which record.py writes
/// Keras' model.
/// </summary>
internal static partial class ApplicationText
{
    // Keys that Cairn omits because they have Keras' defaults, and the modules of Keras' classes.
    private static readonly string[] LeftOut =
    [
        "dtype", "build_config", "module", "registered_name", "optional", "input_axes", "output_axes", "renorm", "renorm_clipping",
        "renorm_momentum", "quantization_config",
    ];

    /// <summary>Calls a function; arguments that are not given have their defaults.</summary>
    /// <param name="function">The name, such as <c>ResNet50</c>.</param>
    /// <param name="arguments">Arguments by Keras' names.</param>
    public static Functional Make(string function, JsonElement arguments)
    {
        MethodInfo method = typeof(Applications).GetMethod(function) ?? throw new MissingMethodException(nameof(Applications), function);
        ParameterInfo[] parameters = method.GetParameters();
        var given = arguments.EnumerateObject().ToDictionary(a => a.Name, a => a.Value);
        object?[] values =
        [
            .. parameters.Select(
                p => given.Remove(SnakeCase(p.Name!), out JsonElement value) ? Value(value, p.ParameterType) : p.DefaultValue),
        ];
        Assert.Empty(given.Keys);
        return (Functional)method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, values, CultureInfo.InvariantCulture)!;
    }

    /// <summary>The beginning of a text's SHA-256.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];

    /// <summary>Name, class and output shape of each layer and operation.</summary>
    public static string Layers(Functional model) => string.Join("\n", model.Operations.Select(layer =>
        $"{layer.Name} {layer.ClassName} {Text(model.Graph.Calls.First(call => call.Layer == layer).Outputs[0].Shape)}"));

    /// <summary>Name and shape of each weight with its layer; Keras' paths begin with scopes in NASNet.</summary>
    public static string Weights(Functional model) =>
        string.Join("\n", model.Weights.Select(weight =>
            $"{string.Join('/', weight.Path.Split('/')[^2..])} {Text(weight.Shape)}"));

    /// <summary>The whole configuration, with sorted keys, and each number the float32 as Python prints it in double precision.</summary>
    public static string Config(Functional model)
    {
        var text = new StringBuilder();
        Write(JsonNode.Parse(model.ToJson())!["config"], text);

        // Keras numbers the inputs of models within a model through the whole process.
        return NumberedInput().Replace(text.ToString(), "input_layer");
    }

    [GeneratedRegex(@"input_layer_\d+")]
    private static partial Regex NumberedInput();

    private static string SnakeCase(string name) =>
        string.Concat(name.Select(c => char.IsUpper(c) ? $"_{char.ToLowerInvariant(c)}" : $"{c}"));

    private static object? Value(JsonElement value, Type type) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Array => (Shape)value.EnumerateArray().Select(d => d.GetInt64()).ToArray(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        _ => type == typeof(int) ? (object)value.GetInt32() : value.GetDouble(),
    };

    private static string Text(Shape shape) =>
        $"[{string.Join(", ", shape.Select(d => d == Shape.None ? "null" : d.ToString(CultureInfo.InvariantCulture)))}]";

    private static void Write(JsonNode? node, StringBuilder text)
    {
        switch (node)
        {
            case JsonObject members:
                text.Append('{');
                foreach ((string key, JsonNode? value) in members
                    .Where(member => !LeftOut.Contains(member.Key)).OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    text.Append(text[^1] == '{' ? "" : ",").Append('"').Append(key).Append("\":");
                    Write(value, text);
                }

                text.Append('}');
                break;
            case JsonArray items:
                text.Append('[');
                for (int i = 0; i < items.Count; i++)
                {
                    text.Append(i == 0 ? "" : ",");
                    Write(items[i], text);
                }

                text.Append(']');
                break;
            default:
                text.Append(node?.GetValueKind() == JsonValueKind.Number
                    ? PythonNumber.Repr((double)float.Parse(node.ToJsonString(), CultureInfo.InvariantCulture))
                    : node?.ToJsonString() ?? "null");
                break;
        }
    }
}
