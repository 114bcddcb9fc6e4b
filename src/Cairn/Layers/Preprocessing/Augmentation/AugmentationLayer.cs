using System.ComponentModel;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>What the layers that change images at random in training share; otherwise they pass their input on.</summary>
/// <remarks>
/// What is drawn follows from the run's seed and the number of the step alone, so that a run that goes on draws the same. The numbers are not
/// Keras' own; what they do to an image is.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AugmentationLayer : ImageLayer
{
    private protected AugmentationLayer(long? seed, DataFormat dataFormat, string? name)
        : base(dataFormat, name) => Seed = seed;

    /// <summary>Kept for Keras' files.</summary>
    private protected long? Seed { get; }

    /// <summary>Changes the images of a batch in training.</summary>
    /// <param name="images">The images in floating point.</param>
    /// <param name="context">Where the random numbers come from.</param>
    /// <exception cref="NotSupportedException">The layer can't do that yet.</exception>
    private protected virtual Tensor Augment(Tensor images, CallContext context) => throw new NotSupportedException(
        $"{ClassName} '{Name}' can't train yet: it passes images on in Predict and Evaluate, but what it does to them in Fit is not there. "
            + "Leave it out of "
        + "the model, or call it with training: false. RandomFlip, RandomRotation, RandomZoom, RandomTranslation, RandomCrop, "
        + "RandomContrast and "
        + "RandomBrightness train.");

    /// <inheritdoc/>
    protected sealed override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Tensor images = ToFloat(x);
        return context.Training ? Augment(images, context) : images;
    }

    /// <summary>Random numbers, equally likely between the limits.</summary>
    private protected static Tensor Draw((double Lower, double Upper) limits, long[] shape, Tensor like, CallContext context) =>
        rand(shape, like.dtype, like.device, generator: context.Random) * (limits.Upper - limits.Lower) + limits.Lower;

    /// <summary>The same, one for each image of a batch and of the shape <c>[batch, 1, 1, 1]</c>.</summary>
    private protected static Tensor DrawForEach((double Lower, double Upper) limits, Tensor images, CallContext context) =>
        Draw(limits, [images.shape[0], 1, 1, 1], images, context);

    private protected static string OneOf(string value, string[] allowed, string argument) => allowed.Contains(value)
        ? value
        : throw new ArgumentException($"{argument} '{value}' is unknown. {NearestName.Hint(value, allowed)}", argument);
}
