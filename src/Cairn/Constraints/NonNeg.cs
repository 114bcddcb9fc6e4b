using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Constraints;

/// <summary>Sets negative numbers of a weight to zero. Keras: <c>constraints.NonNeg</c>.</summary>
public sealed class NonNeg : Constraint
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor weight) => weight.clamp_min(0);
}
