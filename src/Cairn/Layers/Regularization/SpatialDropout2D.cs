using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Drops whole channels of <c>[batch, height, width, channels]</c>. Keras: <c>layers.SpatialDropout2D</c> (Tompson et al., 2014).</summary>
public sealed class SpatialDropout2D : SpatialDropout
{
    /// <summary>Makes a dropout of channels.</summary>
    /// <param name="rate">Share of the channels that are dropped, 0 to 1.</param>
    /// <param name="dataFormat">Where the channels are; last by default.</param>
    /// <param name="seed">Kept for Keras' files; the random numbers follow from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>spatial_dropout2d</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not in [0, 1].</exception>
    public SpatialDropout2D(double rate, DataFormat dataFormat = DataFormat.ChannelsLast, long? seed = null, string? name = null)
        : base(2, rate, dataFormat, seed, name)
    {
    }

    internal static SpatialDropout2D FromConfig(ConfigReader config) =>
        new(config.Double("rate"), LayerRegistry.DataFormat(config), config.OptionalLong("seed"), config.OptionalString("name"));
}
