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

    /// <summary>Draws a model. A subclassed model, which has no graph, is a single box.</summary>
    public static ModelDrawing Of(Model model, bool showShapes, bool showLayerNames, bool showTrainable)
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
        IEnumerable<(int From, int To)> arrows = model is Functional { Graph: LayerGraph graph }
            ? graph.Calls.SelectMany(call => call.Inputs.Select(input => (places[input.Layer], places[call.Layer])))
            : Enumerable.Range(1, Math.Max(0, layers.Count - 1)).Select(i => (i - 1, i));
        return new ModelDrawing(
            [.. layers.Select(layer => DrawnLayer.Of(layer, showShapes, showLayerNames, showTrainable))],
            [.. arrows.Where(arrow => arrow.From != arrow.To).Distinct()]);
    }
}
