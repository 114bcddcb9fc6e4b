using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>In training, mixes pairs of images and their labels. Keras: <c>layers.MixUp</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. Files with this layer load, predict and save; <c>Fit</c> rejects it, because
/// its training behavior is not implemented yet.
/// </remarks>
public sealed class MixUp : AugmentationLayer
{
    private readonly double alpha;

    /// <summary>Creates the layer.</summary>
    /// <param name="alpha">Both parameters of the beta distribution of the mixing weights; 0.2 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files.</param>
    /// <param name="name">Unique name, or null for <c>mix_up</c>, <c>mix_up_1</c>, …</param>
    public MixUp(
        double alpha = 0.2,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        long? seed = null,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.alpha = alpha;
    }

    internal static MixUp FromConfig(ConfigReader config) => new(
        config.Double("alpha", 0.2),
        LayerRegistry.DataFormat(config),
        config.OptionalLong("seed"),
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["alpha"] = alpha;
        config["seed"] = Seed;
    }
}
