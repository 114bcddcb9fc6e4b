using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Turns numbers along an axis into positive ones that sum to 1. Keras: <c>layers.Softmax</c>.</summary>
/// <remarks>Where the input has a mask, which must be of its shape or broadcast to it, what is masked gets 0.</remarks>
/// <param name="axis">The axis; the last one (-1) by default.</param>
/// <param name="name">Unique name, or null for <c>softmax</c>, <c>softmax_1</c>, …</param>
public sealed class Softmax(int axis = -1, string? name = null) : Layer(name)
{
    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) =>
        axis < inputShape.Rank && axis >= -inputShape.Rank ? inputShape : throw UnfitInput(inputShape, $"inputs with an axis {axis}");

    internal static Softmax FromConfig(ConfigReader config) => config.Node("axis") is System.Text.Json.Nodes.JsonArray
        ? throw config.Error("axis", "a softmax over several axes is not supported; expected one axis")
        : new(config.Int("axis", -1), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (context.MaskOf(x) is not { } mask) return x.softmax(axis);
        if (mask.dim() > x.dim() || mask.shape.Reverse().Zip(x.shape.Reverse()).Any(pair => pair.First != 1 && pair.First != pair.Second))
        {
            throw new ArgumentException(
                $"Softmax '{Name}' takes a mask that broadcasts to its input; the mask is {(Shape)mask.shape}, the input {(Shape)x.shape}.", nameof(x));
        }

        // A row that is masked as a whole would be uniform without the second fill.
        Tensor left = mask.logical_not();
        return x.masked_fill(left, -1e9).softmax(axis).masked_fill(left, 0);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["axis"] = axis;
}
