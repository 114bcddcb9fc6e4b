using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>
/// Drops whole channels of <c>[batch, steps, channels]</c>. Keras: <c>layers.SpatialDropout1D</c> (Tompson et al., 2014).
/// </summary>
public sealed class SpatialDropout1D : SpatialDropout
{
    /// <summary>Creates a spatial dropout layer.</summary>
    /// <param name="rate">Fraction of the channels to drop, 0 to 1.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>spatial_dropout1d</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1].</exception>
    public SpatialDropout1D(double rate, long? seed = null, string? name = null)
        : base(1, rate, DataFormat.ChannelsLast, seed, name)
    {
    }

    internal static SpatialDropout1D FromConfig(ConfigReader config) =>
        new(config.Double("rate"), config.OptionalLong("seed"), config.OptionalString("name"));
}
