namespace Cairn.Layers;

/// <summary>
/// A depth, a height and a width, in elements, or one number for all: <c>kernelSize: 3</c> or <c>kernelSize: (3, 5, 5)</c>.
/// </summary>
/// <param name="Depth">Along the first axis of a volume.</param>
/// <param name="Height">Along the second.</param>
/// <param name="Width">Along the third.</param>
public readonly record struct Size3D(long Depth, long Height, long Width)
{
    /// <summary>Converts implicitly from one number for all.</summary>
    public static implicit operator Size3D(int size) => new(size, size, size);

    /// <summary>Converts implicitly from a depth, a height and a width.</summary>
    public static implicit operator Size3D((int Depth, int Height, int Width) size) => new(size.Depth, size.Height, size.Width);

    /// <summary>Formats the value as a Python tuple: <c>(3, 3, 3)</c>.</summary>
    public override string ToString() => $"({Depth}, {Height}, {Width})";
}
