using System.Globalization;
using System.Security;
using System.Text;

namespace Cairn.Drawing;

/// <summary>Writes a drawing as SVG.</summary>
internal static class SvgDrawing
{
    private const int Baseline = 15;

    public static string Of(DrawnLayout layout)
    {
        var svg = new StringBuilder();
        svg.Append(Invariant($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{layout.Width:0.#}\" height=\"{layout.Height:0.#}\" "))
            .Append(Invariant($"font-family=\"Helvetica, Arial, sans-serif\" font-size=\"{DrawnLayout.FontSize}\">\n"))
            .Append("<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" ")
            .Append("markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/></marker></defs>\n")
            .Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        foreach (DrawnBox frame in layout.Boxes.Where(box => box.IsFrame))
        {
            svg.Append(Rectangle(frame, frame.Height)).Append(" fill=\"#f2f4f6\" stroke=\"#6a737c\"/>\n");
            AddText(svg, frame, line: 0, frame.Layer.Title, "black", bold: true);
        }

        foreach (DrawnArrow arrow in layout.Arrows)
        {
            AddArrow(svg, arrow);
        }

        foreach (DrawnBox box in layout.Boxes.Where(box => !box.IsFrame))
        {
            AddBox(svg, box);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void AddArrow(StringBuilder svg, DrawnArrow arrow)
    {
        svg.Append("<path fill=\"none\" stroke=\"black\" marker-end=\"url(#arrow)\" d=\"M").Append(Point(arrow.Start));
        foreach (DrawnArrow.Part part in arrow.Parts)
        {
            svg.Append('C').Append(Point(part.First)).Append(' ').Append(Point(part.Second)).Append(' ').Append(Point(part.End));
            if (part.LineTo is { } line)
            {
                svg.Append('L').Append(Point(line));
            }
        }

        svg.Append("\"/>\n");

        static string Point((double X, double Y) at) => Invariant($"{at.X:0.#} {at.Y:0.#}");
    }

    private static void AddBox(StringBuilder svg, DrawnBox box)
    {
        svg.Append(Rectangle(box, box.Height)).Append(" fill=\"white\" stroke=\"black\"/>\n")
            .Append(Rectangle(box, DrawnLayout.LineHeight)).Append("/>\n");
        AddText(svg, box, line: 0, box.Layer.Title, "white", bold: true);
        for (int i = 0; i < box.Layer.Lines.Count; i++)
        {
            AddText(svg, box, i + 1, box.Layer.Lines[i], DrawnLayer.ColorOf(box.Layer.Lines[i]), bold: false);
        }
    }

    private static string Rectangle(DrawnBox box, double height) =>
        Invariant($"<rect x=\"{box.Left:0.#}\" y=\"{box.Top:0.#}\" width=\"{box.Width:0.#}\" height=\"{height:0.#}\"");

    private static void AddText(StringBuilder svg, DrawnBox box, int line, string text, string color, bool bold) =>
        svg.Append(Invariant($"<text x=\"{box.Left + (box.Width / 2):0.#}\" "))
            .Append(Invariant($"y=\"{box.Top + (line * DrawnLayout.LineHeight) + Baseline:0.#}\" "))
            .Append(Invariant($"text-anchor=\"middle\" fill=\"{color}\"")).Append(bold ? " font-weight=\"bold\">" : ">")
            .Append(SecurityElement.Escape(DrawnLayer.Printable(text))).Append("</text>\n");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
