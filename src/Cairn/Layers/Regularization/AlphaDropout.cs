using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Dropout that preserves the mean and variance of normalized inputs, for SELU networks. Keras: <c>layers.AlphaDropout</c> (Klambauer et
/// al., 2017).
/// </summary>
/// <remarks>
/// In training, each input is set to SELU's negative limit <c>-αλ</c> with probability <c>rate</c>; then all values are scaled and shifted
/// by <c>a = ((1 - rate)(1 + rate α²λ²))^-½</c> and <c>b = a αλ rate</c>.
/// </remarks>
public sealed class AlphaDropout : Layer
{
    private const double Limit = -1.6732632423543772848170429916717 * 1.0507009873554804934193349852946;

    private readonly double rate;
    private readonly Shape? noiseShape;
    private readonly long? seed;

    /// <summary>Creates a dropout layer.</summary>
    /// <param name="rate">Fraction of the inputs to drop, 0 to 1.</param>
    /// <param name="noiseShape">Shape of the mask, broadcast to the input (<see cref="Shape.None"/> takes the input's size); null for one
    /// draw per element.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>alpha_dropout</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1].</exception>
    public AlphaDropout(double rate, Shape? noiseShape = null, long? seed = null, string? name = null)
        : base(name)
    {
        if (rate is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A dropout rate must be between 0 and 1.");
        }

        this.rate = rate;
        this.noiseShape = noiseShape;
        this.seed = seed;
    }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal static AlphaDropout FromConfig(ConfigReader config) => new(
        config.Double("rate"), config.OptionalShape("noise_shape"), config.OptionalLong("seed"), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (!context.Training || rate == 0)
        {
            return x;
        }

        long[] sizes = Dropout.MaskShape(this, noiseShape, x);
        Tensor kept = context.Draw(sizes, shape => empty(shape, x.dtype, x.device).bernoulli_(1 - rate, context.Random));
        double a = 1 / Math.Sqrt((1 - rate) * (1 + (rate * Limit * Limit)));
        return ((x * kept).Plus(Held(1).Minus(kept) * Held(Limit)) * Held(a)) - Held(a * Limit * rate);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["rate"] = rate;
        config["seed"] = seed;
        config["noise_shape"] = noiseShape?.ToJson();
    }
}
