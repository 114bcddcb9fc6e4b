using System.Globalization;
using System.Text;

namespace Cairn.Drawing;

/// <summary>Writes a drawing in Graphviz's DOT language.</summary>
internal static class DotText
{
    public static string Of(ModelDrawing drawing, bool isHorizontal)
    {
        var text = new StringBuilder();
        text.Append("digraph G {\n")
            .Append(CultureInfo.InvariantCulture, $"  rankdir={(isHorizontal ? "LR" : "TB")};\n")
            .Append("  node [shape=record, fontname=\"Helvetica\"];\n");
        for (int i = 0; i < drawing.Layers.Count; i++)
        {
            DrawnLayer layer = drawing.Layers[i];
            string label = string.Join('|', layer.Lines.Prepend(layer.Title).Select(Escaped));
            text.Append(CultureInfo.InvariantCulture, $"  n{i} [label=\"{{{label}}}\"{(layer.IsFrozen ? ", style=dashed" : "")}];\n");
        }

        foreach ((int from, int to) in drawing.Arrows)
        {
            text.Append(CultureInfo.InvariantCulture, $"  n{from} -> n{to};\n");
        }

        return text.Append("}\n").ToString();
    }

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
