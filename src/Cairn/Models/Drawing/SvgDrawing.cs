using System.Globalization;
using System.Security;
using System.Text;

namespace Cairn.Drawing;

/// <summary>Writes a drawing as SVG.</summary>
internal static class SvgDrawing
{
    private const double CharacterWidth = 7.6;
    private const int LineHeight = 22;
    private const int Padding = 12;
    private const int Gap = 36;
    private const int PassingWidth = 14;
    private const int Margin = 20;

    public static string Of(ModelDrawing drawing, bool isHorizontal)
    {
        var ranks = new DrawnRanks(drawing);
        (double Along, double Across) Size(int place)
        {
            if (place >= drawing.Layers.Count)
            {
                return (0, PassingWidth);
            }

            DrawnLayer layer = drawing.Layers[place];
            double width = (layer.Lines.Prepend(layer.Title).Max(line => line.Length) * CharacterWidth) + (2 * Padding);
            double height = (layer.Lines.Count + 1) * LineHeight;
            return isHorizontal ? (width, height) : (height, width);
        }

        double widest = ranks.Ranks.Max(rank => rank.Sum(place => Size(place).Across + Gap) - Gap);
        var centers = new Dictionary<int, (double Along, double Across, double Depth)>();
        double along = Margin;
        foreach (IReadOnlyList<int> rank in ranks.Ranks)
        {
            double depth = rank.Max(place => Size(place).Along);
            double across = Margin + ((widest - (rank.Sum(place => Size(place).Across + Gap) - Gap)) / 2);
            foreach (int place in rank)
            {
                double breadth = Size(place).Across;
                centers[place] = (along + (depth / 2), across + (breadth / 2), place < drawing.Layers.Count ? Size(place).Along : depth);
                across += breadth + Gap;
            }

            along += depth + Gap;
        }

        (double height, double broad) = (along - Gap + Margin, widest + (2 * Margin));
        var svg = new StringBuilder();
        svg.Append(Invariant($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{(isHorizontal ? height : broad):0.#}\" "))
            .Append(Invariant($"height=\"{(isHorizontal ? broad : height):0.#}\" font-family=\"Helvetica, Arial, sans-serif\" "))
            .Append("font-size=\"13\">\n<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" ")
            .Append("markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/></marker></defs>\n")
            .Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        foreach (List<int> way in ranks.Ways)
        {
            AddArrow(svg, [.. way.Select(place => centers[place])], isHorizontal);
        }

        for (int i = 0; i < drawing.Layers.Count; i++)
        {
            (double a, double b, _) = centers[i];
            AddBox(svg, drawing.Layers[i], isHorizontal ? (a, b) : (b, a), isHorizontal ? Size(i) : (Size(i).Across, Size(i).Along));
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void AddArrow(StringBuilder svg, (double Along, double Across, double Depth)[] way, bool isHorizontal)
    {
        (double Along, double Across) last = (way[0].Along + (way[0].Depth / 2), way[0].Across);
        svg.Append("<path fill=\"none\" stroke=\"black\" marker-end=\"url(#arrow)\" d=\"M").Append(Point(last));
        for (int i = 1; i < way.Length; i++)
        {
            (double along, double across, double depth) = way[i];
            (double Along, double Across) next = (along - (depth / 2), across);
            double middle = (last.Along + next.Along) / 2;
            svg.Append('C').Append(Point((middle, last.Across))).Append(' ').Append(Point((middle, across))).Append(' ')
                .Append(Point(next));
            last = (along + (depth / 2), across);
            if (i < way.Length - 1)
            {
                svg.Append('L').Append(Point(last));
            }
        }

        svg.Append("\"/>\n");

        string Point((double Along, double Across) at) =>
            isHorizontal ? Invariant($"{at.Along:0.#} {at.Across:0.#}") : Invariant($"{at.Across:0.#} {at.Along:0.#}");
    }

    private static void AddBox(StringBuilder svg, DrawnLayer layer, (double X, double Y) center, (double Width, double Height) size)
    {
        (double left, double top) = (center.X - (size.Width / 2), center.Y - (size.Height / 2));
        svg.Append(Invariant($"<rect x=\"{left:0.#}\" y=\"{top:0.#}\" width=\"{size.Width:0.#}\" height=\"{size.Height:0.#}\" "))
            .Append("fill=\"white\" stroke=\"black\"/>\n")
            .Append(Invariant($"<rect x=\"{left:0.#}\" y=\"{top:0.#}\" width=\"{size.Width:0.#}\" height=\"{LineHeight}\"/>\n"));
        AddText(svg, layer.Title, center.X, top + 15, "white", bold: true);
        for (int i = 0; i < layer.Lines.Count; i++)
        {
            string color = layer.Lines[i] is "Trainable" ? "#228b22" : layer.Lines[i] is "Non-trainable" ? "#b22222" : "black";
            AddText(svg, layer.Lines[i], center.X, top + ((i + 1) * LineHeight) + 15, color, bold: false);
        }
    }

    private static void AddText(StringBuilder svg, string text, double x, double y, string color, bool bold) =>
        svg.Append(Invariant($"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"middle\" fill=\"{color}\""))
            .Append(bold ? " font-weight=\"bold\">" : ">").Append(SecurityElement.Escape(Printable(text))).Append("</text>\n");

    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
