using Cairn.Initializers;

namespace Cairn.Layers;

/// <summary>The arguments of a low-rank adaptation.</summary>
internal sealed record LoraSettings
{
    /// <summary>Creates the settings.</summary>
    /// <param name="rank">The size of the axis between the factors, 1 or more.</param>
    /// <param name="alpha">The scale; the rank by default.</param>
    /// <param name="aInitializer">Initializer of the first factor; <c>he_uniform</c> by default.</param>
    /// <param name="bInitializer">Initializer of the second factor; <c>zeros</c> by default.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rank"/> is below 1.</exception>
    public LoraSettings(int rank, double? alpha, Initializer? aInitializer = null, Initializer? bInitializer = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        (Rank, Alpha, AInitializer, BInitializer) = (rank, alpha ?? rank, aInitializer, bInitializer);
    }

    public int Rank { get; }

    /// <summary>The product of the factors is multiplied by <c>alpha / rank</c>.</summary>
    public double Alpha { get; }

    public Initializer? AInitializer { get; }

    public Initializer? BInitializer { get; }
}
