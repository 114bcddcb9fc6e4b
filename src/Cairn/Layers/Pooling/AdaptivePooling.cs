using System.ComponentModel;
using System.Text.Json.Nodes;
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

    /// <summary>Pools channels-first samples to the given number of windows along each axis.</summary>
    private protected abstract Tensor Pool(Tensor x, long[] sizes);

    private protected static Tensor Means(Tensor x, long[] sizes) => Along(x, sizes, (window, axis) => window.mean([axis]));

    /// <summary>
    /// If a window has equal maxima, the first one in memory order gets the whole gradient, since the last axis is reduced first.
    /// </summary>
    private protected static Tensor Maxima(Tensor x, long[] sizes) => Along(x, sizes, (window, axis) => window.max(axis).values);

    // Window i spans ⌊i n / m⌋ to ⌈(i + 1) n / m⌉. A mean or maximum over a box can be computed one axis at a time.
    private static Tensor Along(Tensor x, long[] sizes, Func<Tensor, long, Tensor> pool)
    {
        for (int i = sizes.Length - 1; i >= 0; i--)
        {
            long axis = i + 2;
            (long length, long count) = (x.shape[axis], sizes[i]);
            Tensor all = x;
            x = stack(
                [.. Enumerable.Range(0, (int)count).Select(k =>
                {
                    long start = k * length / count;
                    return pool(all.narrow(axis, start, ((((k + 1) * length) + count - 1) / count) - start), axis);
                })],
                axis);
        }

        return x;
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        SpatialAxes.FromChannelsFirst(Pool(SpatialAxes.ToChannelsFirst(x, dataFormat), outputSize), dataFormat);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["output_size"] = outputSize.ToJson();
        config["data_format"] = dataFormat.ToKeras();
    }
}
