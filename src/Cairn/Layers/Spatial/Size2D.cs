namespace Cairn.Layers;

/// <summary>A height and a width, in elements, or one number for both: <c>kernelSize: 3</c> or <c>kernelSize: (3, 5)</c>.</summary>
/// <param name="Height">Along the rows.</param>
/// <param name="Width">Along the columns.</param>
public readonly record struct Size2D(long Height, long Width)
{
    /// <summary>Converts implicitly from one number for both.</summary>
    public static implicit operator Size2D(int size) => new(size, size);

    /// <summary>Converts implicitly from a height and a width.</summary>
    public static implicit operator Size2D((int Height, int Width) size) => new(size.Height, size.Width);

    /// <summary>Formats the value as a Python tuple: <c>(3, 3)</c>.</summary>
    public override string ToString() => $"({Height}, {Width})";
}
