using Cairn.Layers;

namespace Cairn.Drawing;

/// <summary>One box of a drawing.</summary>
/// <param name="Title">The class, and the name if it is shown.</param>
/// <param name="Lines">The lines shown below the title.</param>
/// <param name="IsFrozen">Whether to mark the layer as not trained.</param>
/// <param name="Inner">The layers of a model that are shown in its place; null for a single box.</param>
internal sealed record DrawnLayer(string Title, IReadOnlyList<string> Lines, bool IsFrozen, ModelDrawing? Inner = null)
{
    private const string Trained = "Trainable";
    private const string Frozen = "Non-trainable";

    public static DrawnLayer Of(Layer layer, DrawingOptions options)
    {
        string title = options.ShowLayerNames ? $"{layer.Name} ({layer.ClassName})" : layer.ClassName;
        if (options.ExpandNested && layer is Functional or Sequential)
        {
            return new DrawnLayer(title, [], IsFrozen: false, ModelDrawing.Of((Model)layer, options));
        }

        var lines = new List<string>();
        if (options.ShowShapes)
        {
            if (layer is not Input)
            {
                lines.Add($"Input shape: {Shapes(layer.InputShapes)}");
            }

            lines.Add($"Output shape: {Shapes(layer is Input input ? [input.BatchShape] : layer.OutputShapes)}");
        }

        bool hasWeights = options.ShowTrainable && layer.Built && layer.Weights.Count > 0;
        if (hasWeights)
        {
            lines.Add(layer.Trainable ? Trained : Frozen);
        }

        return new DrawnLayer(title, lines, hasWeights && !layer.Trainable);
    }

    /// <summary>The color of a line.</summary>
    public static string ColorOf(string line) => line switch
    {
        Trained => "#228b22",
        Frozen => "#b22222",
        _ => "#000000",
    };

    /// <summary>A text without control characters.</summary>
    public static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static string Shapes(IReadOnlyList<Shape> shapes) => shapes.Count == 0 ? "?" : Shape.Describe(shapes);
}
