namespace Cairn.Initializers;

/// <summary>Truncated normal with variance 2 / fan in, for ReLU networks (He et al., 2015).</summary>
/// <param name="seed">A seed of its own, or null to follow the model's.</param>
/// <param name="inputAxes">The axes that make up the fan in, with <paramref name="outputAxes"/>; null for all but the last one.</param>
/// <param name="outputAxes">The axes that make up the fan out; null for all but the last but one.</param>
public sealed class HeNormal(long? seed = null, Axes? inputAxes = null, Axes? outputAxes = null)
    : VarianceScaling(2, "fan_in", "truncated_normal", seed, inputAxes, outputAxes);
