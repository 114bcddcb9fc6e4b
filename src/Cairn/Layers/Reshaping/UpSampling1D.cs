using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Repeats every step. Keras: <c>layers.UpSampling1D</c>.</summary>
/// <remarks>Input <c>[batch, steps, channels]</c>, output <c>[batch, steps · size, channels]</c>.</remarks>
/// <param name="size">Number of repetitions, 1 or more; 2 by default.</param>
/// <param name="name">Unique name, or null for <c>up_sampling1d</c>, <c>up_sampling1d_1</c>, …</param>
public sealed class UpSampling1D(int size = 2, string? name = null) : UpSampling([size], DataFormat.ChannelsLast, name)
{
    internal static UpSampling1D FromConfig(ConfigReader config) => new(config.Int("size", 2), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["size"] = size;
}
