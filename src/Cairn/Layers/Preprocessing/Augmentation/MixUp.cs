using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, mixes pairs of images and their labels. Keras: <c>layers.MixUp</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. Each image becomes <c>w · image + (1 - w) · other</c> with a weight w from
/// the beta distribution (Zhang et al., 2018, https://arxiv.org/abs/1710.09412). As a layer of a model it mixes images only, as in Keras;
/// call <see cref="Mix"/> in a <c>TrainStep</c> to mix the labels too. See <see cref="AugmentationLayer"/> for the source of the random
/// numbers.
/// </remarks>
public sealed class MixUp : AugmentationLayer
{
    private readonly double alpha;

    /// <summary>Creates the layer.</summary>
    /// <param name="alpha">Both parameters of the beta distribution of the mixing weights, 0 or more; 0.2 by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>mix_up</c>, <c>mix_up_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is below 0, NaN or infinite.</exception>
    public MixUp(
        double alpha = 0.2,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        long? seed = null,
        string? name = null)
        : base(seed, dataFormat, name)
    {
        this.alpha = alpha is >= 0 and < double.PositiveInfinity
            ? alpha
            : throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "alpha must be a finite number of 0 or more.");
    }

    internal static MixUp FromConfig(ConfigReader config) => new(
        config.Double("alpha", 0.2),
        LayerRegistry.DataFormat(config),
        config.OptionalLong("seed"),
        config.OptionalString("name"));

    /// <summary>Mixes images and labels alike, in training; otherwise returns both. Keras: a call with images and labels.</summary>
    /// <param name="images">The images.</param>
    /// <param name="labels">One row of floating-point numbers per image, such as one-hot vectors.</param>
    /// <param name="context">The context of the step.</param>
    public (Tensor Images, Tensor Labels) Mix(Tensor images, Tensor labels, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(context);
        if (!context.Training)
        {
            return (images, labels);
        }

        (Tensor weights, Tensor order) = DrawMix(images, context);
        return (Mixed(ToFloat(images), weights, order), Mixed(ToFloat(labels), weights, order));
    }

    internal override bool MixesSamples(CallContext context) => context.Training;

    internal override Tensor Augment(Tensor images, CallContext context)
    {
        (Tensor weights, Tensor order) = DrawMix(images, context);
        return Mixed(images, weights, order);
    }

    /// <summary>Mixes each row with another one.</summary>
    /// <param name="rows">Images or labels.</param>
    /// <param name="weights">The weight of each row, <c>[batch]</c>.</param>
    /// <param name="order">The index of the other row, <c>[batch]</c>.</param>
    internal static Tensor Mixed(Tensor rows, Tensor weights, Tensor order)
    {
        Tensor own = weights.to_type(rows.dtype).reshape([-1, .. Enumerable.Repeat(1L, (int)rows.dim() - 1)]);
        return (own * rows).Plus(Held(1).Minus(own) * rows.index_select(0, order));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["alpha"] = alpha;
        config["seed"] = Seed;
    }

    private (Tensor Weights, Tensor Order) DrawMix(Tensor images, CallContext context)
    {
        Tensor order = DrawOrder(images, context);
        return (DrawBeta(alpha, images, context), order);
    }
}
