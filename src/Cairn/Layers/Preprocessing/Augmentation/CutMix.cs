using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>In training, pastes a patch of another image into each image and mixes their labels. Keras: <c>layers.CutMix</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. Files with this layer load, predict and save; <c>Fit</c> rejects it, because
/// its training behavior is not implemented yet.
/// </remarks>
public sealed class CutMix : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Fraction of the images to change, 0 to 1; 1 by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>cut_mix</c>, <c>cut_mix_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
    public CutMix(
        Interval? factor = null,
        long? seed = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.factor = (factor ?? 1).Limits(0, 1, nameof(factor));
    }

    internal static CutMix FromConfig(ConfigReader config) => new(
        Interval.ReadOptional(config, "factor"),
        config.OptionalLong("seed"),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["factor"] = Interval.ToJson(factor);
        config["seed"] = Seed;
    }
}
