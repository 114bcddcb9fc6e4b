using System.Text.Json.Nodes;
using Cairn.Initializers;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Divides each sample by the root of its mean square: <c>scale · x / √(mean(x²) + epsilon)</c>. Keras: <c>layers.RMSNormalization</c>.</summary>
/// <remarks>The weight scale, ones at first, has the size of the normalised axis.</remarks>
public sealed class RMSNormalization : Layer
{
    private readonly int axis;
    private readonly double epsilon;
    private Variable? scale;

    /// <summary>Makes a root-mean-square normalisation.</summary>
    /// <param name="axis">The normalised axis, batch included; the last one (-1) by default.</param>
    /// <param name="epsilon">Added to the mean square; 1e-6 by default.</param>
    /// <param name="name">Unique name, or null for <c>rms_normalization</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">Epsilon is negative.</exception>
    public RMSNormalization(int axis = -1, double epsilon = 1e-6, string? name = null)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epsilon);
        this.axis = axis;
        this.epsilon = epsilon;
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal static RMSNormalization FromConfig(ConfigReader config)
    {
        // A layer that was built writes its axis as a list.
        if (Axes.FromConfig(config, "axis", -1) is not [var axis]) throw config.Error("axis", "this version takes one axis only");
        return new RMSNormalization(axis, config.Double("epsilon", 1e-6), config.OptionalString("name"));
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        int place = ((Axes)axis).Resolve(inputShape.Rank, $"{ClassName} '{Name}'")[0];
        if (inputShape[place] == Shape.None) throw UnfitInput(inputShape, $"inputs with a known size along axis {axis}");
        scale = AddWeight("scale", [inputShape[place]], Initializer.Ones);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        long[] sizes = [.. Enumerable.Repeat(1L, (int)x.dim())];
        sizes[axis < 0 ? axis + sizes.Length : axis] = -1;
        return x * (x.square().mean([axis], keepdim: true) + (float)epsilon).rsqrt() * scale!.Value.reshape(sizes);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["axis"] = Built ? new JsonArray(axis) : axis;
        config["epsilon"] = epsilon;
    }
}
