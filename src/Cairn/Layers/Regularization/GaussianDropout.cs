using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// In training, multiplies by Gaussian noise of mean 1 and variance <c>rate / (1 - rate)</c>. Keras: <c>layers.GaussianDropout</c>.
/// </summary>
public sealed class GaussianDropout : Layer
{
    private readonly double rate;
    private readonly long? seed;

    /// <summary>Creates a Gaussian dropout layer.</summary>
    /// <param name="rate">The dropout rate that sets the variance, 0 or more and below 1 (at 1 the variance would be infinite).</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>gaussian_dropout</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1).</exception>
    public GaussianDropout(double rate, long? seed = null, string? name = null)
        : base(name)
    {
        if (rate is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "rate must be 0 or more and below 1.");
        }

        this.rate = rate;
        this.seed = seed;
    }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal static GaussianDropout FromConfig(ConfigReader config) =>
        new(config.Double("rate"), config.OptionalLong("seed"), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => context.Training && rate > 0
        ? x * context.Draw(x.shape, shape => empty(shape, x.dtype, x.device).normal_(1, Math.Sqrt(rate / (1 - rate)), context.Random))
        : x;

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["rate"] = rate;
        config["seed"] = seed;
    }
}
