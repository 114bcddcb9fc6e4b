using System.ComponentModel;

namespace Cairn.Layers;

/// <summary>Base class of max and average pooling over height and width.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Pooling2D : Pooling
{
    private protected Pooling2D(Size2D poolSize, Size2D? strides, Padding padding, DataFormat dataFormat, string? name)
        : base(poolSize.Axes(), strides?.Axes(), padding, dataFormat, name)
    {
        PoolSize = poolSize;
        Strides = strides ?? poolSize;
    }

    /// <summary>Size of the window.</summary>
    public Size2D PoolSize { get; }

    /// <summary>Strides of the window.</summary>
    public Size2D Strides { get; }
}
