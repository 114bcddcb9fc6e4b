using System.ComponentModel;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of <see cref="UpSampling1D"/>, <see cref="UpSampling2D"/> and <see cref="UpSampling3D"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class UpSampling : Layer
{
    private readonly long[] factors;

    private protected UpSampling(long[] size, DataFormat dataFormat, string? name)
        : base(name)
    {
        factors = SpatialAxes.AtLeastOne(size, nameof(size));
        Format = dataFormat;
    }

    private protected DataFormat Format { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        if (inputShape.Rank != factors.Length + 2)
        {
            throw UnfitInput(inputShape, SpatialAxes.Expected(factors.Length));
        }

        long[] sizes = [.. SpatialAxes.Sizes(inputShape, Format).Select((size, i) => size == Shape.None ? size : size * factors[i])];
        return SpatialAxes.Write(inputShape[0], sizes, SpatialAxes.Channels(inputShape, Format), Format);
    }

    /// <summary>Repeats every element along its axes.</summary>
    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        for (int i = 0; i < factors.Length; i++)
        {
            if (factors[i] == 1)
            {
                continue;
            }

            int axis = SpatialAxes.First(Format) + i;
            long[] repeated = [.. x.shape[..(axis + 1)], factors[i], .. x.shape[(axis + 1)..]];
            x = x.unsqueeze(axis + 1).expand(repeated).flatten(axis, axis + 1);
        }

        return x;
    }
}
