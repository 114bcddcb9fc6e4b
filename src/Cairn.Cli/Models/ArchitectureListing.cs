using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Operations;
using Cairn.Saving;
using Cairn.Saving.Hdf5;

namespace Cairn.Cli.Models;

/// <summary>The layers listed in a model file, including those that can't be created.</summary>
internal static class ArchitectureListing
{
    private const int MostDepth = 50;
    private const int MostLayers = 10_000;

    /// <summary>A row for each layer: name, class, and whether the class is known; null if the file has no architecture.</summary>
    /// <exception cref="ModelFormatException">The file is damaged.</exception>
    public static IReadOnlyList<string[]>? Of(string path)
    {
        JsonObject? model = ModelFile.Of(path) switch
        {
            KerasModelFile => Archive(path),
            LegacyModelFile => Legacy(path),
            ArchitectureFile => ModelJson.ParseObject(File.ReadAllText(path), path, null),
            _ => null,
        };
        if (model is null)
        {
            return null;
        }

        var rows = new List<string[]>();
        Add(model, "", rows, 0);
        return rows;
    }

    private static JsonObject Archive(string path)
    {
        using var archive = KerasArchive.Read(path);
        return archive.Config;
    }

    private static JsonObject? Legacy(string path)
    {
        using ModelData data = LegacyHdf5.Read(path);
        return data.ModelConfig is { } config ? ModelJson.ParseObject(config, path, "model_config") : null;
    }

    private static void Add(JsonObject layer, string prefix, List<string[]> rows, int depth)
    {
        if (depth > MostDepth || rows.Count >= MostLayers)
        {
            return;
        }

        string className = Text(layer["class_name"]) ?? "?";
        JsonNode? config = layer["config"];
        JsonArray? inner = config switch
        {
            JsonArray bare => bare,
            JsonObject map => map["layers"] as JsonArray,
            _ => null,
        };
        string name = Text((config as JsonObject)?["name"]) ?? Text(layer["name"]) ?? "";
        if (depth > 0)
        {
            rows.Add([prefix + name, className, IsKnown(layer, className, inner) ? "" : className == "Lambda" ? "Python code" : "unknown"]);
        }

        foreach (JsonObject one in (inner ?? []).OfType<JsonObject>())
        {
            Add(one, depth == 0 ? "" : $"{prefix}{name}/", rows, depth + 1);
        }
    }

    private static bool IsKnown(JsonObject layer, string className, JsonArray? inner) =>
        inner is not null || (KerasObject.IsOfKeras(layer) && LayerRegistry.ClassNames.Contains(className))
        || OperationRegistry.Find(className) is not null
        || className is "TFOpLambda" or "SlicingOpLambda" or "TensorFlowOpLayer" or "CuDNNLSTM" or "CuDNNGRU";

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
