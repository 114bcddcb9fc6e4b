using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Crops steps at the start and end of sequences. Keras: <c>layers.Cropping1D</c>.</summary>
/// <remarks>Input <c>[batch, steps, channels]</c>.</remarks>
/// <param name="cropping">Number of steps to crop, 0 or more: one number for both ends, or <c>(before, after)</c>; 1 by default.</param>
/// <param name="name">Unique name, or null for <c>cropping1d</c>, <c>cropping1d_1</c>, …</param>
public sealed class Cropping1D(Margin? cropping = null, string? name = null)
    : Cropping([cropping ?? 1], DataFormat.ChannelsLast, name)
{
    internal static Cropping1D FromConfig(ConfigReader config) =>
        new(Margin.Read(config, "cropping", 1, 1)[0], config.OptionalString("name"));
}
