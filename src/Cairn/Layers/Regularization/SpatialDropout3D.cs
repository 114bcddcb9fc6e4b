using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>
/// Drops whole channels of <c>[batch, depth, height, width, channels]</c>. Keras: <c>layers.SpatialDropout3D</c> (Tompson et al., 2014).
/// </summary>
public sealed class SpatialDropout3D : SpatialDropout
{
    /// <summary>Creates a spatial dropout layer.</summary>
    /// <param name="rate">Fraction of the channels to drop, 0 to 1.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>spatial_dropout3d</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1].</exception>
    public SpatialDropout3D(double rate, DataFormat dataFormat = DataFormat.ChannelsLast, long? seed = null, string? name = null)
        : base(3, rate, dataFormat, seed, name)
    {
    }

    internal static SpatialDropout3D FromConfig(ConfigReader config) =>
        new(config.Double("rate"), LayerRegistry.DataFormat(config), config.OptionalLong("seed"), config.OptionalString("name"));
}
