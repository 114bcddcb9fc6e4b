using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>
/// Drops whole channels of <c>[batch, height, width, channels]</c>. Keras: <c>layers.SpatialDropout2D</c> (Tompson et al., 2014).
/// </summary>
public sealed class SpatialDropout2D : SpatialDropout
{
    /// <summary>Creates a spatial dropout layer.</summary>
    /// <param name="rate">Fraction of the channels to drop, 0 to 1.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>spatial_dropout2d</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1].</exception>
    public SpatialDropout2D(double rate, DataFormat dataFormat = DataFormat.ChannelsLast, long? seed = null, string? name = null)
        : base(2, rate, dataFormat, seed, name)
    {
    }

    internal static SpatialDropout2D FromConfig(ConfigReader config) =>
        new(config.Double("rate"), LayerRegistry.DataFormat(config), config.OptionalLong("seed"), config.OptionalString("name"));
}
