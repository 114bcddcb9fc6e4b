namespace Cairn.Drawing;

/// <summary>A drawing with positions, in pixels of 1/96 inch. A model that is shown with its layers is a frame around them.</summary>
/// <param name="Width">The width of the picture.</param>
/// <param name="Height">The height of the picture.</param>
/// <param name="Boxes">The layers and frames; a frame comes before the boxes in it.</param>
/// <param name="Arrows">The connections.</param>
internal sealed record DrawnLayout(double Width, double Height, IReadOnlyList<DrawnBox> Boxes, IReadOnlyList<DrawnArrow> Arrows)
{
    public const int FontSize = 13;
    public const int LineHeight = 22;

    private const double CharacterWidth = 7.6;
    private const int Padding = 12;
    private const int Gap = 36;
    private const int PassingWidth = 14;
    private const int Margin = 20;

    /// <summary>Arranges a drawing.</summary>
    /// <param name="drawing">The boxes and arrows.</param>
    /// <param name="isHorizontal">Whether the layers follow each other from left to right instead of from top to bottom.</param>
    public static DrawnLayout Of(ModelDrawing drawing, bool isHorizontal)
    {
        DrawnLayout?[] inner = [.. drawing.Layers.Select(layer => layer.Inner is { } nested ? Of(nested, isHorizontal) : null)];
        (double Along, double Across)[] sizes = [.. drawing.Layers.Select((layer, i) => SizeOf(layer, inner[i], isHorizontal))];
        (double Along, double Across) Size(int place) => place < sizes.Length ? sizes[place] : (0, PassingWidth);

        var ranks = new DrawnRanks(drawing);
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
                centers[place] = (along + (depth / 2), across + (breadth / 2), place < sizes.Length ? Size(place).Along : depth);
                across += breadth + Gap;
            }

            along += depth + Gap;
        }

        var boxes = new List<DrawnBox>();
        var arrows = ranks.Ways.Select(way => ArrowOf([.. way.Select(place => centers[place])], isHorizontal)).ToList();
        for (int i = 0; i < sizes.Length; i++)
        {
            (double x, double y) = At(centers[i].Along, centers[i].Across, isHorizontal);
            (double width, double height) = At(sizes[i].Along, sizes[i].Across, isHorizontal);
            var box = new DrawnBox(x - (width / 2), y - (height / 2), width, height, drawing.Layers[i]);
            boxes.Add(box);
            if (inner[i] is { } nested)
            {
                double left = box.Left + ((width - nested.Width) / 2);
                double top = box.Top + LineHeight;
                boxes.AddRange(nested.Boxes.Select(one => one with { Left = one.Left + left, Top = one.Top + top }));
                arrows.AddRange(nested.Arrows.Select(one => one.Moved(left, top)));
            }
        }

        (double fullWidth, double fullHeight) = At(along - Gap + Margin, widest + (2 * Margin), isHorizontal);
        return new DrawnLayout(fullWidth, fullHeight, boxes, arrows);
    }

    private static (double Along, double Across) SizeOf(DrawnLayer layer, DrawnLayout? inner, bool isHorizontal)
    {
        double width = (layer.Lines.Prepend(layer.Title).Max(line => line.Length) * CharacterWidth) + (2 * Padding);
        double height = (layer.Lines.Count + 1) * LineHeight;
        if (inner is not null)
        {
            (width, height) = (Math.Max(width, inner.Width), LineHeight + inner.Height);
        }

        return isHorizontal ? (width, height) : (height, width);
    }

    private static DrawnArrow ArrowOf((double Along, double Across, double Depth)[] way, bool isHorizontal)
    {
        (double Along, double Across) last = (way[0].Along + (way[0].Depth / 2), way[0].Across);
        (double X, double Y) start = At(last.Along, last.Across, isHorizontal);
        var parts = new List<DrawnArrow.Part>();
        for (int i = 1; i < way.Length; i++)
        {
            (double along, double across, double depth) = way[i];
            double begin = along - (depth / 2);
            double middle = (last.Along + begin) / 2;
            last = (along + (depth / 2), across);
            parts.Add(new DrawnArrow.Part(
                At(middle, way[i - 1].Across, isHorizontal), At(middle, across, isHorizontal), At(begin, across, isHorizontal),
                i < way.Length - 1 ? At(last.Along, across, isHorizontal) : null));
        }

        return new DrawnArrow(start, parts);
    }

    private static (double X, double Y) At(double along, double across, bool isHorizontal) =>
        isHorizontal ? (along, across) : (across, along);
}
