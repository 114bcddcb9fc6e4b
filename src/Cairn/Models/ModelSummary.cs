using System.Globalization;
using System.Text;
using Cairn.Graphs;
using Cairn.Layers;

namespace Cairn;

/// <summary>The summary table of layers, shapes and parameters, as Keras prints it.</summary>
internal static class ModelSummary
{
    private const int Numbers = 2;

    // Keras' column widths on a terminal of 80 columns, without and with the connections; a longer entry widens its column instead of being
    // truncated.
    private static readonly int[] LeastWidths = [33, 24, 15];
    private static readonly int[] LeastWidthsOfGraph = [21, 19, 12, 19];

    public static void Write(Model model, TextWriter output)
    {
        // As in Keras, a model without branches has no column of connections.
        Dictionary<Layer, string>? connections = model is Functional { Graph: var graph } && !IsRow(graph) ? Connections(graph) : null;
        string[] header = ["Layer (type)", "Output Shape", "Param #", .. connections is null ? (string[])[] : ["Connected to"]];
        IReadOnlyList<Layer> layers = model is Functional functional ? functional.Operations : model.Layers;
        string[][] rows =
            [.. layers.Select(layer => (string[])[.. Row(layer), .. connections is null ? (string[])[] : [connections[layer]]])];
        int[] widths = [.. (connections is null ? LeastWidths : LeastWidthsOfGraph)
            .Select((least, column) => rows.Append(header).Max(r => Math.Max(least, r[column].Length + 2)))];
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Model: \"{model.Name}\"\n");
        BoxTable.Write(text, header, rows, widths, [Numbers]);
        IReadOnlyList<Variable> all = model.Weights;
        long trainable = Count(model.TrainableWeights);
        long others = Count(all) - trainable;
        long? optimizer = model.Optimizer is { Built: true } built ? built.ScalarCount + Count(built.SlotVariables) : null;
        Total(text, "Total params", trainable + others + (optimizer ?? 0));
        Total(text, "Trainable params", trainable);
        Total(text, "Non-trainable params", others);
        if (optimizer is { } state)
        {
            Total(text, "Optimizer params", state);
        }

        output.Write(text);
        output.Flush();
    }

    private static string[] Row(Layer layer) =>
    [
        $"{layer.Name} ({layer.ClassName})",
        layer.OutputShapes.Count == 0 ? "?" : Shape.Describe(layer.OutputShapes),
        layer.Built ? layer.CountParams().ToString("N0", CultureInfo.InvariantCulture) : "0 (unbuilt)",
    ];

    private static bool IsRow(LayerGraph graph) => graph.Calls.Count == graph.Layers.Count && graph.Inputs.Count == 1
        && graph.Calls.All(c => c.Inputs.Count <= 1) && graph.Calls.GroupBy(c => c.Inputs.FirstOrDefault()?.Producer)
        .All(g => g.Count() == 1);

    /// <summary>The inputs of each layer, as <c>layer[call][output]</c>.</summary>
    private static Dictionary<Layer, string> Connections(LayerGraph graph)
    {
        ILookup<Layer, LayerCall> calls = graph.CallsByLayer();
        Dictionary<LayerCall, int> numbers = graph.NumberCalls();
        return graph.Layers.ToDictionary(layer => layer, layer =>
            string.Join(", ", calls[layer].SelectMany(c => c.Inputs).Select(i => $"{i.Layer.Name}[{numbers[i.Producer]}][{i.Index}]"))
            is { Length: > 0 } text ? text : "-");
    }

    private static void Total(StringBuilder text, string name, long count) =>
        text.Append(CultureInfo.InvariantCulture, $" {name}: {count:N0} ({Memory(count * sizeof(float))})\n");

    private static long Count(IEnumerable<Variable> variables) => variables.Sum(v => v.Shape.ElementCount);

    private static string Memory(double bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB", "PB"];
        int unit = 0;
        for (; bytes >= 1024 && unit < units.Length - 1; unit++)
        {
            bytes /= 1024;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes:F2} {units[unit]}");
    }
}
