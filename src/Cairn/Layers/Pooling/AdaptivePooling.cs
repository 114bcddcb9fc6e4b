using System.ComponentModel;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of layers that pool inputs of any size to a fixed output size.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AdaptivePooling : Layer
{
    private readonly long[] outputSize;
    private readonly DataFormat dataFormat;

    private protected AdaptivePooling(long[] outputSize, DataFormat dataFormat, string? name)
        : base(name)
    {
        this.outputSize = SpatialAxes.AtLeastOne(outputSize, nameof(outputSize));
        this.dataFormat = dataFormat;
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape.Rank == outputSize.Length + 2
        ? SpatialAxes.Write(inputShape[0], outputSize, SpatialAxes.Channels(inputShape, dataFormat), dataFormat)
        : throw UnfitInput(inputShape, SpatialAxes.Expected(outputSize.Length));

    private protected abstract Tensor Pool(Tensor window, long axis);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        // Window i spans ⌊i n / m⌋ to ⌈(i + 1) n / m⌉. A mean or maximum over a box can be computed one axis at a time.
        for (int i = 0; i < outputSize.Length; i++)
        {
            long axis = SpatialAxes.First(dataFormat) + i;
            (long length, long count) = (x.shape[axis], outputSize[i]);
            Tensor all = x;
            x = stack(
                [.. Enumerable.Range(0, (int)count).Select(k =>
                {
                    long start = k * length / count;
                    return Pool(all.narrow(axis, start, ((((k + 1) * length) + count - 1) / count) - start), axis);
                })],
                axis);
        }

        return x;
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["output_size"] = outputSize.ToJson();
        config["data_format"] = dataFormat.ToKeras();
    }
}
