using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Constraints;

/// <summary>Limits the norm of the weight vectors to <c>maxValue</c>. Keras: <c>constraints.MaxNorm</c>.</summary>
/// <param name="maxValue">The maximum norm, 0 or more; 2 by default.</param>
/// <param name="axis">The axis along which to compute norms; 0 by default, which is the inputs of one unit in a Dense kernel.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="maxValue"/> is negative.</exception>
public sealed class MaxNorm(double maxValue = 2, Axes? axis = null) : Constraint
{
    private readonly double maxValue = NonNegative(maxValue, nameof(maxValue));
    private readonly Axes axis = axis ?? 0;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor weight)
    {
        Tensor norms = Norms(weight, axis);
        return weight * (norms.clamp(Held(0), Held(maxValue)) / norms.Plus(Held(Epsilon)));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["max_value"] = maxValue;
        config["axis"] = axis.ToJson();
    }
}
