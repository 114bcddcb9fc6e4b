using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Turns numbers along some axes into positive ones that sum to 1. Keras: <c>layers.Softmax</c>.</summary>
/// <param name="axis">The axes; the last one (-1) by default.</param>
/// <param name="name">Unique name, or null for <c>softmax</c>, <c>softmax_1</c>, …</param>
public sealed class Softmax(Axes? axis = null, string? name = null) : Layer(name)
{
    private readonly Axes axis = axis ?? -1;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        axis.Resolve(inputShape.Rank, $"{ClassName} '{Name}'");
        return inputShape;
    }

    internal static Softmax FromConfig(ConfigReader config) => new(Axes.FromConfig(config, "axis", -1), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (axis is [var one]) return x.softmax(one);

        // Over several axes as over one that is all of them.
        long[] places = [.. axis.Resolve((int)x.dim(), ClassName).Select(a => (long)a)];
        long[] last = [.. places.Select((_, i) => x.dim() - places.Length + i)];
        Tensor moved = x.movedim(places, last);
        return moved.flatten(-places.Length).softmax(-1).reshape(moved.shape).movedim(last, places);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["axis"] = axis.ToJson();
}
