using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Turns numbers along an axis into positive ones that sum to 1. Keras: <c>layers.Softmax</c>.</summary>
/// <param name="axis">The axis; the last one (-1) by default.</param>
/// <param name="name">Unique name, or null for <c>softmax</c>, <c>softmax_1</c>, …</param>
public sealed class Softmax(int axis = -1, string? name = null) : Layer(name)
{
    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) =>
        axis < inputShape.Rank && axis >= -inputShape.Rank ? inputShape : throw UnfitInput(inputShape, $"inputs with an axis {axis}");

    internal override bool TakesMask => true;

    internal static Softmax FromConfig(ConfigReader config) => config.Node("axis") is System.Text.Json.Nodes.JsonArray
        ? throw config.Error("axis", "a softmax over several axes is not supported; expected one axis")
        : new(config.Int("axis", -1), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => x.softmax(axis);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["axis"] = axis;
}
