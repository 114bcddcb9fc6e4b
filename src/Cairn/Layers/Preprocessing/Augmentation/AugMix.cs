using System.Text.Json.Nodes;
using Cairn.Saving;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, mixes each image with several augmentation chains of it. Keras: <c>layers.AugMix</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. All images of a batch get the same chains of operations; the weights of the
/// chains are drawn from a Dirichlet distribution, that of the unchanged images from a beta distribution (Hendrycks et al., 2020,
/// https://arxiv.org/abs/1912.02781). See <see cref="AugmentationLayer"/> for the source of the random numbers.
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
    private readonly ImageLayer[] operations;

    /// <summary>Creates the layer.</summary>
    /// <param name="valueRange">Range of the pixel values; 0 to 255 by default.</param>
    /// <param name="numChains">Number of chains; 3 by default.</param>
    /// <param name="chainDepth">Maximum number of operations per chain; 3 by default.</param>
    /// <param name="factor">Range of the strength of each operation, 0 to 1; one number f means 0 to f.</param>
    /// <param name="alpha">Parameter of the distributions of the mixing weights, 0 or more; 1 by default.</param>
    /// <param name="allOps">Whether to include changes of brightness, color, contrast and sharpness; true by default.</param>
    /// <param name="interpolation">Interpolation: <c>"bilinear"</c> (default) or <c>"nearest"</c>.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
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
        this.alpha = alpha is >= 0 and < double.PositiveInfinity
            ? alpha
            : throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "alpha must be a finite number of 0 or more.");
        this.allOps = allOps;
        this.interpolation = OneOf(interpolation, AffineTransform.Interpolations, nameof(interpolation));
        var choices = new AugmentationChoices(this.factor, this.valueRange, interpolation, dataFormat);
        operations =
        [
            choices.Shear, choices.Translation, choices.Rotation, choices.Posterization, choices.Solarization, choices.AutoContrast,
            choices.Equalization,
            .. allOps ? [choices.Brightness, choices.ColorDegeneration, choices.Contrast, choices.Sharpness] : Array.Empty<ImageLayer>(),
        ];
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

    internal override bool MixesSamples(CallContext context) => context.Training;

    internal override Tensor Augment(Tensor images, CallContext context)
    {
        Tensor shares = distributions.Gamma(
            full([numChains], Held(Math.Max(alpha, LeastParameter)), ScalarType.Float32, images.device),
            ones([numChains], ScalarType.Float32, images.device), context.Random).sample();
        float own = Beta(alpha, 1, images, context).item<float>();

        // One choice more than there are operations: none.
        int[] chosen = DrawChoices(operations.Length + 1, numChains * chainDepth, images, context);
        return Mixed(images, Numbers(shares / shares.sum()), own,
            [.. chosen.Chunk(chainDepth).Select(chain => chain.Where(operation => operation < operations.Length).ToArray())], context);

        static float[] Numbers(Tensor x) => x.cpu().data<float>().ToArray();
    }

    /// <summary>Mixes images with chains of operations on them.</summary>
    /// <param name="images">The images.</param>
    /// <param name="shares">The weight of each chain; their sum is 1.</param>
    /// <param name="own">The weight of the unchanged images.</param>
    /// <param name="chains">The indices of the operations of each chain.</param>
    /// <param name="context">The source of the random numbers of the operations.</param>
    internal Tensor Mixed(Tensor images, float[] shares, float own, int[][] chains, CallContext context)
    {
        Tensor sum = zeros_like(images);
        foreach ((float share, int[] chain) in shares.Zip(chains))
        {
            Tensor changed = chain.Aggregate(images, (x, operation) => operations[operation].CallAlone(x, context));
            sum = sum.Plus(changed * Held(share));
        }

        return (images * Held(own)).Plus(sum * Held(1 - own)).clamp(Held(valueRange.Least), Held(valueRange.Greatest));
    }

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
