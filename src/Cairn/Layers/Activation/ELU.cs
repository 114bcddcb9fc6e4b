using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary><c>x</c> where it is positive, <c>alpha · (exp(x) - 1)</c> elsewhere. Keras: <c>layers.ELU</c>.</summary>
/// <param name="alpha">Scale of the negative part, which approaches <c>-alpha</c>; 1 by default.</param>
/// <param name="name">Unique name, or null for <c>elu</c>, <c>elu_1</c>, …</param>
public sealed class ELU(double alpha = 1, string? name = null) : Layer(name)
{
    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal static ELU FromConfig(ConfigReader config) => new(config.Double("alpha", 1), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => x.elu(Held(alpha), Held(1.0), Held(1.0));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["alpha"] = alpha;
}
