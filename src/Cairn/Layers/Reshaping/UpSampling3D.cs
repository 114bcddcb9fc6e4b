using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Repeats every element of a volume along its axes. Keras: <c>layers.UpSampling3D</c>.</summary>
/// <remarks>Input <c>[batch, depth, height, width, channels]</c>, output the same with each axis multiplied by its factor.</remarks>
/// <param name="size">Number of repetitions, 1 or more; 2 by default.</param>
/// <param name="dataFormat">Position of the channels axis; last by default.</param>
/// <param name="name">Unique name, or null for <c>up_sampling3d</c>, <c>up_sampling3d_1</c>, …</param>
public sealed class UpSampling3D(Size3D? size = null, DataFormat dataFormat = DataFormat.ChannelsLast, string? name = null)
    : UpSampling((size ?? 2).Axes(), dataFormat, name)
{
    internal static UpSampling3D FromConfig(ConfigReader config) =>
        new(LayerRegistry.Size3D(config, "size", 2), LayerRegistry.DataFormat(config), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["size"] = (size ?? 2).Axes().ToJson();
        config["data_format"] = Format.ToKeras();
    }
}
