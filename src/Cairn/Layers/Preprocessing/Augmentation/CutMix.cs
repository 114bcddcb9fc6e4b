using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, pastes a patch of another image into each image and mixes their labels. Keras: <c>layers.CutMix</c>.</summary>
/// <remarks>
/// Input and output <c>[batch, height, width, channels]</c>. The patch is a random rectangle, whose area is the share of the other image
/// and of its label (Yun et al., 2019, https://arxiv.org/abs/1905.04899). As a layer of a model it changes images only, as in Keras; call
/// <see cref="Mix"/> in a <c>TrainStep</c> to mix the labels too. See <see cref="AugmentationLayer"/> for the source of the random numbers.
/// </remarks>
public sealed class CutMix : AugmentationLayer
{
    private readonly (double Lower, double Upper) factor;

    /// <summary>Creates the layer.</summary>
    /// <param name="factor">Range of the parameter of the beta distribution of the patches' areas, 0 to 1; one number f means 0 to f;
    /// 1 by default. Smaller numbers give more patches that are tiny or cover the image.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
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

        Patches patches = DrawPatches(ToFloat(images), context);
        return (Paste(ToFloat(images), patches), MixUp.Mixed(ToFloat(labels), patches.Remaining, patches.Order));
    }

    internal override bool MixesSamples(CallContext context) => context.Training;

    internal override Tensor Augment(Tensor images, CallContext context) => Paste(images, DrawPatches(images, context));

    /// <summary>The patches of the images, from numbers drawn for each of them, <c>[batch]</c>.</summary>
    /// <param name="images">The images.</param>
    /// <param name="weights">The share of the image that remains, before rounding to pixels.</param>
    /// <param name="column">The position of the patch along the width, 0 to 1.</param>
    /// <param name="row">The position of the patch along the height, 0 to 1.</param>
    /// <param name="order">The indices of the other images.</param>
    internal Patches PatchesOf(Tensor images, Tensor weights, Tensor column, Tensor row, Tensor order)
    {
        Tensor side = Held(1).Minus(weights).sqrt();
        (Tensor columns, Tensor width) = Inside(WidthAxis, side, column);
        (Tensor rows, Tensor height) = Inside(HeightAxis, side, row);
        double pixels = images.shape[WidthAxis] * (double)images.shape[HeightAxis];
        return new Patches(order, rows.logical_and(columns), Held(1).Minus(width * height / Held(pixels)));

        (Tensor Inside, Tensor Length) Inside(int axis, Tensor side, Tensor position)
        {
            long size = images.shape[axis];
            Tensor length = side * Held(size);
            Tensor start = position * Held(size).Minus(length);
            Tensor end = start.Plus(length);
            long[] shape = [1, 1, 1, 1];
            shape[axis] = size;
            Tensor at = arange(Held(0), Held(size), Held(1), ScalarType.Float32, images.device).reshape(shape);
            return (at.ge(start.reshape(-1, 1, 1, 1)).logical_and(at.lt(end.reshape(-1, 1, 1, 1))), end - start);
        }
    }

    /// <summary>Pastes the patches.</summary>
    internal static Tensor Paste(Tensor images, Patches patches) =>
        where(patches.Inside, images.index_select(0, patches.Order), images);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config["factor"] = Interval.ToJson(factor);
        config["seed"] = Seed;
    }

    private Patches DrawPatches(Tensor images, CallContext context)
    {
        double alpha = DrawForAll(factor, 1, images, context).item<float>() + 1e-6;
        Tensor weights = DrawBeta(alpha, images, context);
        long[] one = [images.shape[0]];
        Tensor column = Draw((0, 1), one, weights, context);
        Tensor row = Draw((0, 1), one, weights, context);
        return PatchesOf(images, weights, column, row, DrawOrder(images, context));
    }

    /// <summary>The patches of a batch.</summary>
    /// <param name="Order">The index of the image that each patch is taken from.</param>
    /// <param name="Inside">Which pixels are in the patch, <c>[batch, height, width, 1]</c>.</param>
    /// <param name="Remaining">The share of each image that remains.</param>
    internal sealed record Patches(Tensor Order, Tensor Inside, Tensor Remaining);
}
