using System.ComponentModel;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of layers that reduce each channel to one value.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class GlobalPooling : Layer
{
    private readonly int rank;
    private PooledSamples? pooled;

    private protected GlobalPooling(int rank, DataFormat dataFormat, bool keepDims, string? name)
        : base(name)
    {
        this.rank = rank;
        DataFormat = dataFormat;
        KeepDims = keepDims;
    }

    internal DataFormat DataFormat { get; }

    /// <summary>Whether the results are maxima; otherwise means.</summary>
    internal abstract bool IsMaximum { get; }

    private protected bool KeepDims { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        if (inputShape.Rank != rank + 2)
        {
            throw UnfitInput(inputShape, SpatialAxes.Expected(rank));
        }

        long channels = SpatialAxes.Channels(inputShape, DataFormat);
        return KeepDims ? SpatialAxes.Write(inputShape[0], [.. Enumerable.Repeat(1L, rank)], channels, DataFormat)
            : [inputShape[0], channels];
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        // The slope of several equal maxima is divided among them, unlike that of the maximum of a window.
        if (DataFormat != DataFormat.ChannelsLast || (IsMaximum && x.requires_grad) || x.dim() != rank + 2 || !PoolingPass.Takes(x))
        {
            return Ordinary(x);
        }

        long[] shape = x.shape;
        PooledSamples? found = pooled;
        if (found?.IsFor(shape) != true)
        {
            pooled = found = new PooledSamples(
                PooledAxes.OfAll(shape[1..]), IsMaximum, shape[1..], ComputeOutputShape(shape)[1..].ToArray(), Ordinary);
        }

        return PoolingPass.Run(found, x);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["data_format"] = DataFormat.ToKeras();
        config["keepdims"] = KeepDims;
    }

    /// <summary>The result in libtorch's operations.</summary>
    private Tensor Ordinary(Tensor x)
    {
        long[] axes = [.. Enumerable.Range(SpatialAxes.First(DataFormat), rank).Select(axis => (long)axis)];
        return IsMaximum ? x.amax(axes, KeepDims) : x.mean(axes, KeepDims);
    }
}
