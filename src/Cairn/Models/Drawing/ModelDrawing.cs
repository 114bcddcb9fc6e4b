using Cairn.Graphs;
using Cairn.Layers;

namespace Cairn.Drawing;

/// <summary>The boxes and arrows of a model: its layers and their connections.</summary>
internal sealed class ModelDrawing
{
    private ModelDrawing(IReadOnlyList<DrawnLayer> layers, IReadOnlyList<(int From, int To)> arrows) => (Layers, Arrows) = (layers, arrows);

    /// <summary>The layers, in the order of the model.</summary>
    public IReadOnlyList<DrawnLayer> Layers { get; }

    /// <summary>The arrows, by the indices of the layers; each occurs once.</summary>
    public IReadOnlyList<(int From, int To)> Arrows { get; }

    /// <summary>The layers that take the inputs of the model.</summary>
    public required IReadOnlyList<int> Inputs { get; init; }

    /// <summary>The layers that give the outputs of the model.</summary>
    public required IReadOnlyList<int> Outputs { get; init; }

    /// <summary>Draws a model. A subclassed model, which has no graph, is a single box.</summary>
    public static ModelDrawing Of(Model model, DrawingOptions options)
    {
        IReadOnlyList<Layer> layers = model switch
        {
            Functional functional => functional.Operations,
            Sequential { InputLayer: { } input } row => [input, .. row.Layers],
            Sequential row => row.Layers,
            _ => [model],
        };
        var places = layers.Select((layer, i) => (layer, i)).ToDictionary(
            pair => pair.layer, pair => pair.i, (IEqualityComparer<Layer>)ReferenceEqualityComparer.Instance);
        LayerGraph? graph = (model as Functional)?.Graph;
        IEnumerable<(int From, int To)> arrows = graph is not null
            ? graph.Calls.SelectMany(call => call.Inputs.Select(input => (places[input.Layer], places[call.Layer])))
            : Enumerable.Range(1, Math.Max(0, layers.Count - 1)).Select(i => (i - 1, i));
        return new ModelDrawing(
            [.. layers.Select(layer => DrawnLayer.Of(layer, options))],
            [.. arrows.Where(arrow => arrow.From != arrow.To).Distinct()])
        {
            Inputs = graph is null ? [0] : [.. graph.Inputs.Select(input => places[input.Layer]).Distinct()],
            Outputs = graph is null ? [layers.Count - 1] : [.. graph.Outputs.Select(output => places[output.Layer]).Distinct()],
        };
    }
}
