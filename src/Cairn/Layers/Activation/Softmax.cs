using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Softmax along the given axes: positive values that sum to 1. Keras: <c>layers.Softmax</c>.</summary>
/// <remarks>If the input has a mask, which must be broadcastable to its shape, masked positions get 0.</remarks>
/// <param name="axis">The axes; the last one (-1) by default.</param>
/// <param name="name">Unique name, or null for <c>softmax</c>, <c>softmax_1</c>, …</param>
public sealed class Softmax(Axes? axis = null, string? name = null) : Layer(name)
{
    private readonly Axes axis = axis ?? -1;

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        axis.Resolve(inputShape.Rank, $"{ClassName} '{Name}'");
        return inputShape;
    }

    internal override bool TakesMask => true;

    internal override PlannedFunction? Planned =>
        axis is [-1] && InputShape?.Rank == 2 ? new PlannedActivation(ActivationFunction.Softmax) : null;

    internal static Softmax FromConfig(ConfigReader config) => new(config.Axes("axis", -1), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (context.MaskOf(x) is not { } mask)
        {
            return Along(x);
        }

        if (mask.dim() > x.dim() || mask.shape.Reverse().Zip(x.shape.Reverse()).Any(pair => pair.First != 1 && pair.First != pair.Second))
        {
            throw new ArgumentException(
                $"Softmax '{Name}' takes a mask that broadcasts to its input; the mask is {(Shape)mask.shape}, the "
                + $"input {(Shape)x.shape}.", nameof(x));
        }

        // Without the second fill, a fully masked row would be uniform.
        Tensor left = mask.logical_not();
        return Along(x.masked_fill(left, Held(x.dtype == ScalarType.Float16 ? -3e4 : -1e9))).masked_fill(left, Held(0));
    }

    /// <summary>The normalized axes.</summary>
    internal Axes Axis => axis;

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["axis"] = axis.ToJson();

    private Tensor Along(Tensor x)
    {
        if (axis is [var one])
        {
            return x.softmax(one);
        }

        // Several axes are reduced as one combined axis.
        long[] places = [.. axis.Resolve((int)x.dim(), ClassName).Select(a => (long)a)];
        long[] last = [.. places.Select((_, i) => x.dim() - places.Length + i)];
        Tensor moved = x.movedim(places, last);
        return moved.flatten(-places.Length).softmax(-1).reshape(moved.shape).movedim(last, places);
    }
}
