using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Constraints;

/// <summary>Constrains the norms of the weight vectors to a range. Keras: <c>constraints.MinMaxNorm</c>.</summary>
/// <param name="minValue">The minimum norm, 0 or more; 0 by default.</param>
/// <param name="maxValue">The maximum norm, 0 or more; 1 by default.</param>
/// <param name="rate">How strictly the constraint is enforced at each step, 0 to 1; 1 (fully) by default.</param>
/// <param name="axis">The axis along which to compute norms; 0 by default.</param>
/// <exception cref="ArgumentOutOfRangeException">A bound is negative.</exception>
public sealed class MinMaxNorm(double minValue = 0, double maxValue = 1, double rate = 1, Axes? axis = null) : Constraint
{
    private readonly double minValue = NonNegative(minValue, nameof(minValue));
    private readonly double maxValue = NonNegative(maxValue, nameof(maxValue));
    private readonly double rate = rate;
    private readonly Axes axis = axis ?? 0;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor weight)
    {
        Tensor norms = Norms(weight, axis);
        Tensor desired = (norms.clamp(Held(minValue), Held(maxValue)) * Held((float)rate)).Plus(norms * Held((float)(1 - rate)));
        return weight * (desired / norms.Plus(Held(Epsilon)));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["min_value"] = minValue;
        config["max_value"] = maxValue;
        config["rate"] = rate;
        config["axis"] = axis.ToJson();
    }
}
