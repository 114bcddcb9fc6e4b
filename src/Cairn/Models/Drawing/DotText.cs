using System.Globalization;
using System.Text;

namespace Cairn.Drawing;

/// <summary>Writes a drawing in Graphviz's DOT language. A model that is shown with its layers is a cluster.</summary>
internal static class DotText
{
    public static string Of(ModelDrawing drawing, bool isHorizontal)
    {
        var text = new StringBuilder();
        text.Append("digraph G {\n")
            .Append(CultureInfo.InvariantCulture, $"  rankdir={(isHorizontal ? "LR" : "TB")};\n")
            .Append("  node [shape=record, fontname=\"Helvetica\"];\n");
        AddBoxes(text, drawing, "n", "  ");
        AddArrows(text, drawing, "n");
        return text.Append("}\n").ToString();
    }

    private static void AddBoxes(StringBuilder text, ModelDrawing drawing, string prefix, string indent)
    {
        for (int i = 0; i < drawing.Layers.Count; i++)
        {
            DrawnLayer layer = drawing.Layers[i];
            if (layer.Inner is { } inner)
            {
                text.Append(CultureInfo.InvariantCulture, $"{indent}subgraph cluster_{prefix}{i} {{\n")
                    .Append(CultureInfo.InvariantCulture, $"{indent}  label=\"{Escaped(layer.Title)}\";\n");
                AddBoxes(text, inner, $"{prefix}{i}_", indent + "  ");
                text.Append(indent).Append("}\n");
                continue;
            }

            string label = string.Join('|', layer.Lines.Prepend(layer.Title).Select(Escaped));
            text.Append(CultureInfo.InvariantCulture,
                $"{indent}{prefix}{i} [label=\"{{{label}}}\"{(layer.IsFrozen ? ", style=dashed" : "")}];\n");
        }
    }

    private static void AddArrows(StringBuilder text, ModelDrawing drawing, string prefix)
    {
        foreach ((int from, int to) in drawing.Arrows)
        {
            foreach (string start in Names(drawing, from, prefix, inner => inner.Outputs))
            {
                foreach (string end in Names(drawing, to, prefix, inner => inner.Inputs))
                {
                    text.Append(CultureInfo.InvariantCulture, $"  {start} -> {end};\n");
                }
            }
        }

        for (int i = 0; i < drawing.Layers.Count; i++)
        {
            if (drawing.Layers[i].Inner is { } inner)
            {
                AddArrows(text, inner, $"{prefix}{i}_");
            }
        }
    }

    // The box of a layer; for a cluster, the boxes of its first or last layers.
    private static IEnumerable<string> Names(
        ModelDrawing drawing, int layer, string prefix, Func<ModelDrawing, IReadOnlyList<int>> ends) =>
        drawing.Layers[layer].Inner is { } inner
            ? ends(inner).SelectMany(end => Names(inner, end, $"{prefix}{layer}_", ends))
            : [$"{prefix}{layer}"];

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder();
        foreach (char c in text)
        {
            escaped.Append(c is '"' or '\\' or '{' or '}' or '|' or '<' or '>' ? $"\\{c}" : char.IsControl(c) ? " " : c.ToString());
        }

        return escaped.ToString();
    }
}
