using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary><c>x · scale + offset</c>, for example pixels from 0–255 to 0–1. Keras: <c>layers.Rescaling</c>.</summary>
/// <param name="scale">The factor.</param>
/// <param name="offset">The offset; 0 by default.</param>
/// <param name="name">Unique name, or null for <c>rescaling</c>, <c>rescaling_1</c>, …</param>
public sealed class Rescaling(double scale, double offset = 0, string? name = null) : Layer(name)
{
    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal static Rescaling FromConfig(ConfigReader config) =>
        new(config.Double("scale"), config.Double("offset", 0), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        Tensor scaled = x * Held((float)scale);
        return offset == 0 ? scaled : scaled.Plus(Held((float)offset));
    }

    /// <summary>The factor.</summary>
    internal double Scale => scale;

    /// <summary>What is added.</summary>
    internal double Offset => offset;

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["scale"] = scale;
        config["offset"] = offset;
    }
}
