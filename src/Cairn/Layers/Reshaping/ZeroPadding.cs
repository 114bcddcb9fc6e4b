using System.ComponentModel;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of <see cref="ZeroPadding1D"/>, <see cref="ZeroPadding2D"/> and <see cref="ZeroPadding3D"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ZeroPadding : Layer
{
    private readonly Margin[] padding;
    private readonly DataFormat dataFormat;

    private protected ZeroPadding(Margin[] padding, DataFormat dataFormat, string? name)
        : base(name)
    {
        this.padding = Margin.AtLeastZero(padding, nameof(padding));
        this.dataFormat = dataFormat;
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        if (inputShape.Rank != padding.Length + 2)
        {
            throw UnfitInput(inputShape, SpatialAxes.Expected(padding.Length));
        }

        long[] sizes = [.. SpatialAxes.Sizes(inputShape, dataFormat)
            .Select((size, i) => size == Shape.None ? size : size + padding[i].Before + padding[i].After)];
        return SpatialAxes.Write(inputShape[0], sizes, SpatialAxes.Channels(inputShape, dataFormat), dataFormat);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        // libtorch takes the last axis first.
        long[] around = Window.Flat([.. padding.Select(m => (m.Before, m.After))]);
        return nn.functional.pad(x, dataFormat == DataFormat.ChannelsLast ? [0, 0, .. around] : around);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["padding"] = Margin.ToJson(padding);
        config["data_format"] = dataFormat.ToKeras();
    }
}
