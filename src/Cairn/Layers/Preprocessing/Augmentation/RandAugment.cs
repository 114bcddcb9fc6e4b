using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, applies a random selection of eleven operations to each image. Keras: <c>layers.RandAugment</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. As in Keras, all images of a batch get the same operations, each with an
/// own strength; an operation drawn twice is applied twice with the same strengths (Cubuk et al., 2019,
/// https://arxiv.org/abs/1909.13719). See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class RandAugment : AugmentationLayer
{
    private readonly ValueRange valueRange;
    private readonly int numOps;
    private readonly (double Lower, double Upper) factor;
    private readonly string interpolation;
    private readonly ImageLayer[] operations;

    /// <summary>Creates the layer.</summary>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="numOps">Number of operations applied in sequence; 2 by default.</param>
    /// <param name="factor">Range of the strength of each operation, 0 to 1; one number f means 0 to f.</param>
    /// <param name="interpolation">Interpolation: <c>"bilinear"</c> (default) or <c>"nearest"</c>.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>rand_augment</c>, <c>rand_augment_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or a string is unknown.</exception>
    public RandAugment(
        ValueRange? valueRange = null,
        int numOps = 2,
        Interval? factor = null,
        string interpolation = "bilinear",
        long? seed = null,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.valueRange = valueRange ?? ValueRange.Bytes;
        ArgumentOutOfRangeException.ThrowIfLessThan(numOps, 1);
        this.numOps = numOps;
        this.factor = (factor ?? 0.5).Limits(0, 1, nameof(factor));
        this.interpolation = OneOf(interpolation, AffineTransform.Interpolations, nameof(interpolation));
        var choices = new AugmentationChoices(this.factor, this.valueRange, interpolation, dataFormat);
        operations =
        [
            choices.Shear, choices.Translation, choices.Rotation, choices.Brightness, choices.ColorDegeneration, choices.Contrast,
            choices.Sharpness, choices.Posterization, choices.Solarization, choices.AutoContrast, choices.Equalization,
        ];
    }

    internal static RandAugment FromConfig(ConfigReader config) => new(
        ValueRange.Read(config),
        config.Int("num_ops", 2),
        Interval.ReadOptional(config, "factor"),
        config.OptionalString("interpolation") ?? "bilinear",
        config.OptionalLong("seed"),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    internal override bool MixesSamples(CallContext context) => context.Training;

    internal override Tensor Augment(Tensor images, CallContext context) =>
        Applied(images, DrawChoices(operations.Length, numOps, images, context), context);

    /// <summary>Applies operations by their indices.</summary>
    internal Tensor Applied(Tensor images, int[] chosen, CallContext context)
    {
        var drawn = new Dictionary<int, CallContext.DrawState>();
        Tensor changed = images;
        foreach (int operation in chosen)
        {
            CallContext.DrawState now = context.SaveDraws();
            bool isRepeated = !drawn.TryAdd(operation, now);
            if (isRepeated)
            {
                context.RestoreDraws(drawn[operation]);
            }

            changed = operations[operation].CallAlone(changed, context);
            if (isRepeated)
            {
                context.RestoreDraws(now);
            }
        }

        return changed;
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["value_range"] = valueRange.ToJson();
        config["num_ops"] = numOps;
        config["factor"] = Interval.ToJson(factor);
        config["interpolation"] = interpolation;
        config["seed"] = Seed;
    }
}
