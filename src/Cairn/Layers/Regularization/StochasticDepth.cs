using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// In training, sets whole samples to zero with the given probability and divides the others by the remaining probability, so that a
/// residual branch is skipped (Huang et al., 2016). Keras: <c>StochasticDepth</c> of <c>applications.convnext</c>.
/// </summary>
public sealed class StochasticDepth : Layer
{
    private readonly double dropPathRate;

    /// <summary>Creates the layer.</summary>
    /// <param name="dropPathRate">Fraction of the samples to drop, 0 or more and below 1.</param>
    /// <param name="name">Unique name, or null for <c>stochastic_depth</c>, <c>stochastic_depth_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1).</exception>
    public StochasticDepth(double dropPathRate, string? name = null)
        : base(name)
    {
        if (dropPathRate is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(dropPathRate), dropPathRate, "dropPathRate must be 0 or more and below 1.");
        }

        this.dropPathRate = dropPathRate;
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    private protected override string KerasModule => "keras.src.applications.convnext";

    internal static StochasticDepth FromConfig(ConfigReader config) => new(config.Double("drop_path_rate"), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => context.Training
        ? Dropout.Drop(x, [x.shape[0], .. Enumerable.Repeat(1L, (int)x.dim() - 1)], dropPathRate, context)
        : x;

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["drop_path_rate"] = dropPathRate;
}
