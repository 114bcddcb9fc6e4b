using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Constraints;

/// <summary>Scales the weight vectors to unit norm. Keras: <c>constraints.UnitNorm</c>.</summary>
/// <param name="axis">The axis along which to compute norms; 0 by default.</param>
public sealed class UnitNorm(Axes? axis = null) : Constraint
{
    private readonly Axes axis = axis ?? 0;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor weight) => weight / Norms(weight, axis).Plus(Held(Epsilon));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["axis"] = axis.ToJson();
    }
}
