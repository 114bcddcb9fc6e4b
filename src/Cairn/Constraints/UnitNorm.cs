using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Constraints;

/// <summary>Brings the vectors of a weight to length 1. Keras: <c>constraints.UnitNorm</c>.</summary>
/// <param name="axis">Along which the norm is taken; 0 by default.</param>
public sealed class UnitNorm(Axes? axis = null) : Constraint
{
    private readonly Axes axis = axis ?? 0;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor weight) => weight / (Norms(weight, axis) + Epsilon);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["axis"] = axis.ToJson();
    }
}
