using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>In training, adds Gaussian noise; otherwise returns its input unchanged. Keras: <c>layers.GaussianNoise</c>.</summary>
public sealed class GaussianNoise : Layer
{
    private readonly double stddev;
    private readonly long? seed;

    /// <summary>Creates a Gaussian noise layer.</summary>
    /// <param name="stddev">Standard deviation of the noise, 0 to 1.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>gaussian_noise</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">The standard deviation is outside [0, 1].</exception>
    public GaussianNoise(double stddev, long? seed = null, string? name = null)
        : base(name)
    {
        if (stddev is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(stddev), stddev, "stddev must be between 0 and 1.");
        }

        this.stddev = stddev;
        this.seed = seed;
    }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal static GaussianNoise FromConfig(ConfigReader config) =>
        new(config.Double("stddev"), config.OptionalLong("seed"), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        context.Training && stddev > 0
        ? x.Plus(context.Draw(x.shape, shape => empty(shape, x.dtype, x.device).normal_(0, stddev, context.Random))) : x;

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["stddev"] = stddev;
        config["seed"] = seed;
    }
}
