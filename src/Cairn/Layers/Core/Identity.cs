using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Returns its input unchanged. Keras: <c>layers.Identity</c>.</summary>
/// <param name="name">Unique name, or null for <c>identity</c>, <c>identity_1</c>, …</param>
public sealed class Identity(string? name = null) : Layer(name)
{
    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal override PlannedFunction? Planned => new PlannedIdentity();

    internal static Identity FromConfig(ConfigReader config) => new(config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => x;
}
