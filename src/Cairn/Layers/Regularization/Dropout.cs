using System.Text.Json.Nodes;
using Cairn.Native;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// In training, sets each input to zero with probability <c>rate</c> and divides the others by <c>1 - rate</c>; otherwise returns its input
/// unchanged. Keras: <c>layers.Dropout</c> (Srivastava et al., 2014).
/// </summary>
public sealed class Dropout : Layer
{
    private readonly Shape? noiseShape;
    private readonly long? seed;

    /// <summary>Creates a dropout layer.</summary>
    /// <param name="rate">Fraction of the inputs to drop, 0 to 1.</param>
    /// <param name="noiseShape">Shape of the mask, broadcast to the input (<see cref="Shape.None"/> takes the input's size); null for one
    /// draw per element.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>dropout</c>, <c>dropout_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1].</exception>
    public Dropout(double rate, Shape? noiseShape = null, long? seed = null, string? name = null)
        : base(name)
    {
        if (rate is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A dropout rate must be between 0 and 1.");
        }

        Rate = rate;
        this.noiseShape = noiseShape;
        this.seed = seed;
    }

    /// <summary>Fraction of the inputs to drop.</summary>
    public double Rate { get; }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal override PlannedFunction? Planned => Rate == 0 ? new PlannedIdentity()
        : Rate < 1 && noiseShape is null ? new PlannedDropout(Rate) : null;

    internal static Dropout FromConfig(ConfigReader config) => new(
        config.Double("rate"), config.OptionalShape("noise_shape"), config.OptionalLong("seed"), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        !context.Training ? x
        : noiseShape is null ? Drop(x, null, Rate, context)
        : Drop(x, MaskShape(this, noiseShape, x), Rate, context);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["rate"] = Rate;
        config["seed"] = seed;
        config["noise_shape"] = noiseShape?.ToJson();
    }

    /// <summary>
    /// Sets elements to zero with the given probability, one draw per element of the mask, and divides the others by <c>1 - rate</c>.
    /// </summary>
    /// <param name="x">The input.</param>
    /// <param name="maskShape">The shape of the mask, broadcast to that of <paramref name="x"/>; null for the same shape.</param>
    /// <param name="rate">The probability.</param>
    /// <param name="context">The source of the random numbers.</param>
    internal static Tensor Drop(Tensor x, long[]? maskShape, double rate, CallContext context)
    {
        if (rate == 0)
        {
            return x;
        }

        if (rate == 1)
        {
            return x * Held(0);
        }

        // Its numbers must not depend on the strides of the input, which those of a single row don't tell.
        Tensor mask = empty(maskShape ?? x.shape, x.dtype, x.device);
        if (mask.dtype == ScalarType.Float32 && TensorMemory.IsReachable(mask))
        {
            context.FillMask(mask, 1 - rate, (float)(1 / (1 - rate)));
        }
        else
        {
            mask = DrawMask(mask, rate, context);
        }

        return x * mask;
    }

    private static Tensor DrawMask(Tensor like, double rate, CallContext context) => context
        .Draw(like.shape, shape => empty(shape, like.dtype, like.device).bernoulli_(1 - rate, context.Random))
        .mul_(Held(1 / (1 - rate)));

    /// <summary>The mask's shape for an input: the noise shape, with the input's sizes where it is open.</summary>
    internal static long[] MaskShape(Layer layer, Shape? noiseShape, Tensor x)
    {
        if (noiseShape is null)
        {
            return x.shape;
        }

        if (noiseShape.Rank != x.dim())
        {
            throw new ArgumentException(
                $"{layer.ClassName} '{layer.Name}' has a noise shape with {noiseShape.Rank} axes, {noiseShape}; its input has {x.dim()}.");
        }

        return [.. noiseShape.Select((size, axis) => size == Shape.None ? x.shape[axis] : size)];
    }
}
