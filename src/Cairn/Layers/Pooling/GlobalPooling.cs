using System.ComponentModel;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of layers that reduce each channel to one value.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class GlobalPooling : Layer
{
    private readonly int rank;

    private protected GlobalPooling(int rank, DataFormat dataFormat, bool keepDims, string? name)
        : base(name)
    {
        this.rank = rank;
        DataFormat = dataFormat;
        KeepDims = keepDims;
    }

    internal DataFormat DataFormat { get; }

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

    private protected abstract Tensor Pool(Tensor x, long[] axes, bool keep);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        Pool(x, [.. Enumerable.Range(SpatialAxes.First(DataFormat), rank).Select(axis => (long)axis)], KeepDims);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["data_format"] = DataFormat.ToKeras();
        config["keepdims"] = KeepDims;
    }
}
