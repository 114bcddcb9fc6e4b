namespace Cairn.Layers;

/// <summary>
/// The number of elements on the four sides of an image: <c>1</c>, <c>(1, 2)</c> for height and width, or <c>((1, 0), (2, 2))</c>.
/// </summary>
/// <param name="Height">Above and below.</param>
/// <param name="Width">Left and right.</param>
public readonly record struct Margins2D(Margin Height, Margin Width)
{
    internal Margin[] Axes => [Height, Width];

    /// <summary>Converts implicitly from the same number for all sides.</summary>
    public static implicit operator Margins2D(int all) => new(all, all);

    /// <summary>Converts implicitly from one number for top and bottom and one for left and right.</summary>
    public static implicit operator Margins2D((int Height, int Width) margins) => new(margins.Height, margins.Width);

    /// <summary>Converts implicitly from a number for each side.</summary>
    public static implicit operator Margins2D(((int Top, int Bottom) Height, (int Left, int Right) Width) margins) =>
        new(margins.Height, margins.Width);

    /// <summary>Formats the value as a Python tuple.</summary>
    public override string ToString() => $"({Height}, {Width})";

    internal static Margins2D Of(Margin[] axes) => new(axes[0], axes[1]);
}
