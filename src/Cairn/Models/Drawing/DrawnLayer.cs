using Cairn.Layers;

namespace Cairn.Drawing;

/// <summary>One box of a drawing.</summary>
/// <param name="Title">The class, and the name if it is shown.</param>
/// <param name="Lines">The lines shown below the title.</param>
/// <param name="IsFrozen">Whether to mark the layer as not trained.</param>
internal sealed record DrawnLayer(string Title, IReadOnlyList<string> Lines, bool IsFrozen)
{
    public static DrawnLayer Of(Layer layer, bool showShapes, bool showLayerNames, bool showTrainable)
    {
        var lines = new List<string>();
        if (showShapes)
        {
            if (layer is not Input)
            {
                lines.Add($"Input shape: {Shapes(layer.InputShapes)}");
            }

            lines.Add($"Output shape: {Shapes(layer is Input input ? [input.BatchShape] : layer.OutputShapes)}");
        }

        bool hasWeights = showTrainable && layer.Built && layer.Weights.Count > 0;
        if (hasWeights)
        {
            lines.Add(layer.Trainable ? "Trainable" : "Non-trainable");
        }

        return new DrawnLayer(showLayerNames ? $"{layer.Name} ({layer.ClassName})" : layer.ClassName, lines,
            hasWeights && !layer.Trainable);
    }

    private static string Shapes(IReadOnlyList<Shape> shapes) => shapes.Count == 0 ? "?" : Shape.Describe(shapes);
}
