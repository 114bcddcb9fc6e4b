namespace Cairn.Layers;

/// <summary>
/// The number of elements on the six sides of a volume: <c>1</c>, <c>(1, 2, 2)</c> for its axes, or a pair for each axis.
/// </summary>
/// <param name="Depth">Before and after the first axis.</param>
/// <param name="Height">Before and after the second.</param>
/// <param name="Width">Before and after the third.</param>
public readonly record struct Margins3D(Margin Depth, Margin Height, Margin Width)
{
    internal Margin[] Axes => [Depth, Height, Width];

    /// <summary>Converts implicitly from the same number for all sides.</summary>
    public static implicit operator Margins3D(int all) => new(all, all, all);

    /// <summary>Converts implicitly from one number per axis, the same before and after.</summary>
    public static implicit operator Margins3D((int Depth, int Height, int Width) margins) =>
        new(margins.Depth, margins.Height, margins.Width);

    /// <summary>Converts implicitly from a number for each side.</summary>
    public static implicit operator Margins3D(
        ((int Before, int After) Depth, (int Before, int After) Height, (int Before, int After) Width) margins) =>
        new(margins.Depth, margins.Height, margins.Width);

    /// <summary>Formats the value as a Python tuple.</summary>
    public override string ToString() => $"({Depth}, {Height}, {Width})";

    internal static Margins3D Of(Margin[] axes) => new(axes[0], axes[1], axes[2]);
}
