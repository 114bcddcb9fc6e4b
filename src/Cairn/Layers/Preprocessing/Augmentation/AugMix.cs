using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>In training, mixes each image with several augmentation chains of it. Keras: <c>layers.AugMix</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. Files with this layer load, predict and save; <c>Fit</c> rejects it, because
/// its training behavior is not implemented yet.
/// </remarks>
public sealed class AugMix : AugmentationLayer
{
    private readonly ValueRange valueRange;
    private readonly int numChains;
    private readonly int chainDepth;
    private readonly (double Lower, double Upper) factor;
    private readonly double alpha;
    private readonly bool allOps;
    private readonly string interpolation;

    /// <summary>Creates the layer.</summary>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="numChains">Number of chains; 3 by default.</param>
    /// <param name="chainDepth">Maximum number of operations per chain; 3 by default.</param>
    /// <param name="factor">Range of the strength of each operation, 0 to 1; one number f means 0 to f.</param>
    /// <param name="alpha">Parameter of the distributions of the mixing weights; 1 by default.</param>
    /// <param name="allOps">Whether to include changes of brightness, color, contrast and sharpness; true by default.</param>
    /// <param name="interpolation">Interpolation: <c>"bilinear"</c> (default) or <c>"nearest"</c>.</param>
    /// <param name="seed">Kept for compatibility with Keras files.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>aug_mix</c>, <c>aug_mix_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
    public AugMix(
        ValueRange? valueRange = null,
        int numChains = 3,
        int chainDepth = 3,
        Interval? factor = null,
        double alpha = 1,
        bool allOps = true,
        string interpolation = "bilinear",
        long? seed = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.valueRange = valueRange ?? ValueRange.Bytes;
        ArgumentOutOfRangeException.ThrowIfLessThan(numChains, 1);
        this.numChains = numChains;
        ArgumentOutOfRangeException.ThrowIfLessThan(chainDepth, 1);
        this.chainDepth = chainDepth;
        this.factor = (factor ?? 0.3).Limits(0, 1, nameof(factor));
        this.alpha = alpha;
        this.allOps = allOps;
        this.interpolation = OneOf(interpolation, AffineTransform.Interpolations, nameof(interpolation));
    }

    internal static AugMix FromConfig(ConfigReader config) => new(
        ValueRange.Read(config),
        config.Int("num_chains", 3),
        config.Int("chain_depth", 3),
        Interval.ReadOptional(config, "factor"),
        config.Double("alpha", 1),
        config.Bool("all_ops", true),
        config.OptionalString("interpolation") ?? "bilinear",
        config.OptionalLong("seed"),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["value_range"] = valueRange.ToJson();
        config["num_chains"] = numChains;
        config["chain_depth"] = chainDepth;
        config["factor"] = Interval.ToJson(factor);
        config["alpha"] = alpha;
        config["all_ops"] = allOps;
        config["interpolation"] = interpolation;
        config["seed"] = Seed;
    }
}
