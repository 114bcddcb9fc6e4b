namespace Cairn.Drawing;

/// <summary>A connection at its place in a picture.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Parts">Its parts, each beginning where the one before it ends.</param>
internal sealed record DrawnArrow((double X, double Y) Start, IReadOnlyList<DrawnArrow.Part> Parts)
{
    /// <summary>A cubic Bézier curve, followed by a straight line past the boxes of a rank, except at the end of the arrow.</summary>
    /// <param name="First">The first control point.</param>
    /// <param name="Second">The second control point.</param>
    /// <param name="End">The end of the curve.</param>
    /// <param name="LineTo">The end of the line; null if there is none.</param>
    public sealed record Part(
        (double X, double Y) First, (double X, double Y) Second, (double X, double Y) End, (double X, double Y)? LineTo);

    /// <summary>The arrow at another place.</summary>
    public DrawnArrow Moved(double right, double down)
    {
        (double X, double Y) To((double X, double Y) point) => (point.X + right, point.Y + down);
        return new DrawnArrow(To(Start),
            [.. Parts.Select(part => new Part(To(part.First), To(part.Second), To(part.End), part.LineTo is { } line ? To(line) : null))]);
    }
}
