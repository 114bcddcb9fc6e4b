using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Repeats each sample: <c>[batch, features]</c> to <c>[batch, n, features]</c>. Keras: <c>layers.RepeatVector</c>.</summary>
public sealed class RepeatVector : Layer
{
    private readonly int n;

    /// <summary>Creates a repeat layer.</summary>
    /// <param name="n">Number of repetitions, 1 or more.</param>
    /// <param name="name">Unique name, or null for <c>repeat_vector</c>, <c>repeat_vector_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is below 1.</exception>
    public RepeatVector(int n, string? name = null)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        this.n = n;
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape.Rank == 2
        ? [inputShape[0], n, inputShape[1]]
        : throw UnfitInput(inputShape, "inputs of shape (batch, features)");

    internal static RepeatVector FromConfig(ConfigReader config) => new(config.Int("n"), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => x.unsqueeze(1).expand(x.shape[0], n, x.shape[1]);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["n"] = n;
}
