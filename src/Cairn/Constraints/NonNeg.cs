using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Constraints;

/// <summary>Constrains weights to be non-negative. Keras: <c>constraints.NonNeg</c>.</summary>
public sealed class NonNeg : Constraint
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor weight) => weight.clamp_min(Held(0));
}
