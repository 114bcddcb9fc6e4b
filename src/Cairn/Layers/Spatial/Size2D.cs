namespace Cairn.Layers;

/// <summary>A height and a width, in elements. One number stands for both: <c>kernelSize: 3</c> or <c>kernelSize: (3, 5)</c>.</summary>
/// <param name="Height">Along the rows.</param>
/// <param name="Width">Along the columns.</param>
public readonly record struct Size2D(long Height, long Width)
{
    /// <summary>The same height and width.</summary>
    public static implicit operator Size2D(int size) => new(size, size);

    /// <summary>A height and a width.</summary>
    public static implicit operator Size2D((int Height, int Width) size) => new(size.Height, size.Width);

    /// <summary>As Python writes a tuple: <c>(3, 3)</c>.</summary>
    public override string ToString() => $"({Height}, {Width})";
}
