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
    /// <summary>The distributions of weights have no parameter 0; with this one, nearly all weights are 0 or 1.</summary>
    private protected const double LeastParameter = 1e-6;

    private protected AugmentationLayer(long? seed, DataFormat dataFormat, string? name)
        : base(dataFormat, name) => Seed = seed;

    /// <summary>Kept for compatibility with Keras files.</summary>
    private protected long? Seed { get; }

    /// <summary>Augments the images of a batch in training.</summary>
    /// <param name="images">The images, as floating-point values.</param>
    /// <param name="context">The source of the random numbers.</param>
    internal abstract Tensor Augment(Tensor images, CallContext context);

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

    /// <summary>Random numbers that hold for all images of a batch, also if several processes compute it.</summary>
    private protected static Tensor DrawForAll((double Lower, double Upper) limits, long count, Tensor like, CallContext context) =>
        (rand([count], like.dtype, like.device, generator: context.Random) * Held(limits.Upper - limits.Lower)).Plus(Held(limits.Lower));

    /// <summary>Integers from 0 to <paramref name="bound"/> - 1 that hold for all images of a batch.</summary>
    private protected static int[] DrawChoices(int bound, int count, Tensor like, CallContext context)
    {
        using Tensor drawn = randint(0, bound, [count], ScalarType.Int32, like.device, generator: context.Random).cpu();
        return drawn.data<int>().ToArray();
    }

    /// <summary>Samples of a symmetric beta distribution, one per image, <c>[batch]</c>.</summary>
    private protected static Tensor DrawBeta(double alpha, Tensor images, CallContext context) =>
        context.Draw([images.shape[0]], sizes => Beta(alpha, sizes[0], images, context));

    /// <summary>Samples of a symmetric beta distribution, <c>[count]</c>.</summary>
    private protected static Tensor Beta(double alpha, long count, Tensor like, CallContext context) => distributions.Dirichlet(
        full([count, 2], Held(Math.Max(alpha, LeastParameter)), ScalarType.Float32, like.device), context.Random).sample().select(1, 0);

    /// <summary>
    /// A random order of the images. If several processes compute the batch, each orders its own images.
    /// </summary>
    private protected static Tensor DrawOrder(Tensor images, CallContext context) => context.Draw(
        [images.shape[0]], sizes => rand(sizes, ScalarType.Float32, images.device, generator: context.Random)).argsort();

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
