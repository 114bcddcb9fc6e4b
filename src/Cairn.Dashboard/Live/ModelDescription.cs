using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Dashboard.Runs;
using Cairn.Layers;
using Cairn.Metrics;

namespace Cairn.Dashboard.Live;

/// <summary>Describes the model and the settings of a training.</summary>
internal static class ModelDescription
{
    private const int MostLayers = 2000;

    /// <summary>The description that is known when training begins.</summary>
    public static RunDescription Of(Model model, CallbackParams parameters, IReadOnlyList<string> tags)
    {
        return OfModel(model) with { Settings = RunSettings.Of(model, parameters), Tags = tags };
    }

    /// <summary>The summary and the layers.</summary>
    public static RunDescription OfModel(Model model)
    {
        using var summary = new StringWriter(CultureInfo.InvariantCulture);
        model.Summary(summary);
        return WithMetrics(new RunDescription { Summary = summary.ToString(), Layers = LayersOf(model) }, model);
    }

    /// <summary>Adds the names of values where higher is better; some metrics are created with the first batch.</summary>
    public static RunDescription WithMetrics(RunDescription description, Model model)
    {
        var upwards = model.Metrics.Where(metric => metric.Direction == MetricDirection.Up).Select(metric => metric.Name).ToHashSet();
        return description.HigherIsBetter.SetEquals(upwards) ? description : description with { HigherIsBetter = upwards };
    }

    private static Dictionary<Layer, string[]> InputsOf(Graphs.LayerGraph graph) =>
        graph.CallsByLayer().ToDictionary(calls => calls.Key,
            calls => calls.SelectMany(call => call.Inputs).Select(input => input.Layer.Name).Distinct().ToArray());

    private static JsonArray LayersOf(Model model)
    {
        var layers = new JsonArray();
        Dictionary<Layer, string[]> inputs = model is Functional { Graph: var graph } ? InputsOf(graph) : [];
        string? before = null;
        foreach (Layer layer in (model is Functional functional ? functional.Operations : model.Layers).Take(MostLayers))
        {
            string[] from = inputs.GetValueOrDefault(layer) ?? (inputs.Count == 0 && before is not null ? [before] : []);
            layers.Add((JsonNode)new JsonObject
            {
                ["name"] = layer.Name,
                ["type"] = layer.ClassName,
                ["parameters"] = layer.CountParams(),
                ["trainable"] = layer.Trainable,
                ["shape"] = layer.OutputShapes.Count == 0 ? null : Shape.Describe(layer.OutputShapes),
                ["inputs"] = new JsonArray([.. from.Select(name => (JsonNode)name)]),
            });
            before = layer.Name;
        }

        return layers;
    }
}
