using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>The mean of each channel over the whole image. Keras: <c>layers.GlobalAveragePooling2D</c>.</summary>
/// <remarks>Input <c>[batch, height, width, channels]</c>, output <c>[batch, channels]</c>, or <c>[batch, 1, 1, channels]</c> with <c>keepDims</c>.</remarks>
/// <param name="dataFormat">Where the channels are; last by default.</param>
/// <param name="keepDims">Whether height and width stay as axes of size 1; false by default.</param>
/// <param name="name">Unique name, or null for <c>global_average_pooling2d</c>, …</param>
public sealed class GlobalAveragePooling2D(DataFormat dataFormat = DataFormat.ChannelsLast, bool keepDims = false, string? name = null) : Layer(name)
{
    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        if (inputShape.Rank != 4) throw UnfitInput(inputShape, "images of rank 4, batch included");
        long channels = SpatialAxes.Read(inputShape, dataFormat).Channels;
        return keepDims ? SpatialAxes.Write(inputShape[0], 1, 1, channels, dataFormat) : [inputShape[0], channels];
    }

    internal static GlobalAveragePooling2D FromConfig(ConfigReader config) =>
        new(LayerRegistry.DataFormat(config), config.Bool("keepdims", false), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        x.mean(dataFormat == DataFormat.ChannelsLast ? [1, 2] : [2, 3], keepDims);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["data_format"] = dataFormat.ToKeras();
        config["keepdims"] = keepDims;
    }
}
