using System.ComponentModel;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of layers that change images at random in training and return their input unchanged otherwise.</summary>
/// <remarks>
/// The random numbers depend only on the run's seed and the step number, so a resumed run draws the same ones. Keras draws other numbers;
/// the same numbers have the same effect on an image.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AugmentationLayer : ImageLayer
{
    private protected AugmentationLayer(long? seed, DataFormat dataFormat, string? name)
        : base(dataFormat, name) => Seed = seed;

    /// <summary>Kept for compatibility with Keras files.</summary>
    private protected long? Seed { get; }

    /// <summary>Augments the images of a batch in training.</summary>
    /// <param name="images">The images, as floating-point values.</param>
    /// <param name="context">The source of the random numbers.</param>
    /// <exception cref="NotSupportedException">The layer is not implemented for training yet.</exception>
    internal virtual Tensor Augment(Tensor images, CallContext context) => throw new NotSupportedException(
        $"{ClassName} '{Name}' does not support training yet: it passes images through in Predict and Evaluate, but Fit is not "
        + "implemented. Remove it from the model, or call it with training: false. MixUp, CutMix, AugMix, RandAugment, "
        + "RandomPerspective and RandomElasticTransform are the layers that don't support training.");

    /// <inheritdoc/>
    protected sealed override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Tensor images = ToFloat(x);
        return context.Training ? Augment(images, context) : images;
    }

    /// <summary>Random numbers, uniformly distributed between the limits.</summary>
    private protected static Tensor Draw((double Lower, double Upper) limits, long[] shape, Tensor like, CallContext context) =>
        (context.Draw(shape, sizes => rand(sizes, like.dtype, like.device, generator: context.Random)) * Held(limits.Upper - limits.Lower))
        .Plus(Held(limits.Lower));

    /// <summary>Uniform random numbers, one per image, of shape <c>[batch, 1, 1, 1]</c>.</summary>
    private protected static Tensor DrawForEach((double Lower, double Upper) limits, Tensor images, CallContext context) =>
        Draw(limits, [images.shape[0], 1, 1, 1], images, context);

    /// <summary>Whether to change each image, with a probability drawn from the limits; <c>[batch, 1, 1, 1]</c>.</summary>
    private protected static Tensor DrawChosen((double Lower, double Upper) probability, Tensor images, CallContext context) =>
        DrawForEach((0, 1), images, context).lt(DrawForEach(probability, images, context));

    /// <summary>1 or -1 for each image, with equal probability; <c>[batch, 1, 1, 1]</c>.</summary>
    private protected static Tensor DrawSign(Tensor images, CallContext context) =>
        Held(1).Minus(DrawForEach((0, 1), images, context).gt(Native.HeldScalar.Held(0.5)).to_type(images.dtype) * Held(2));

    private protected static string OneOf(string value, string[] allowed, string argument) => allowed.Contains(value)
        ? value
        : throw new ArgumentException($"{argument} '{value}' is unknown. {NearestName.Hint(value, allowed)}", argument);
}
