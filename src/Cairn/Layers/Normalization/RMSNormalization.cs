using System.Text.Json.Nodes;
using Cairn.Initializers;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Divides each sample by its root mean square: <c>scale · x / √(mean(x²) + epsilon)</c>. Keras: <c>layers.RMSNormalization</c>.
/// </summary>
/// <remarks>The weight scale, initialized to ones, has the sizes of the normalized axes.</remarks>
public sealed class RMSNormalization : Layer
{
    private readonly double epsilon;
    private Axes axis;
    private Variable? scale;

    /// <summary>Creates an RMS normalization layer.</summary>
    /// <param name="axis">The normalized axes, batch included; the last one (-1) by default.</param>
    /// <param name="epsilon">Added to the mean square; 1e-6 by default.</param>
    /// <param name="name">Unique name, or null for <c>rms_normalization</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">Epsilon is negative.</exception>
    public RMSNormalization(Axes? axis = null, double epsilon = 1e-6, string? name = null)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epsilon);
        this.axis = axis ?? -1;
        this.epsilon = epsilon;
    }

    private protected override bool IsWide => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal static RMSNormalization FromConfig(ConfigReader config) =>
        new(config.Axes("axis", -1), config.Double("epsilon", 1e-6), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        int[] places = axis.Resolve(inputShape.Rank, $"{ClassName} '{Name}'");
        if (places.Length == 0 || places.Any(p => inputShape[p] == Shape.None))
        {
            throw UnfitInput(inputShape, $"inputs with known sizes along axis {axis}");
        }

        // Once built, Keras writes a list.
        axis = Axes.Create([.. axis.Order()]);
        scale = AddWeight("scale", [.. places.Select(p => inputShape[p])], Initializer.Ones);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        long[] places = [.. axis.Resolve((int)x.dim(), ClassName).Select(p => (long)p)];
        long[] sizes = [.. Enumerable.Repeat(1L, (int)x.dim())];
        foreach (long place in places)
        {
            sizes[place] = x.shape[place];
        }

        return x * x.Squared().mean(places, keepdim: true).Plus(Held((float)epsilon)).rsqrt() * scale!.Value.reshape(sizes);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["axis"] = axis.ToJson();
        config["epsilon"] = epsilon;
    }
}
