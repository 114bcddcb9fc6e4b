namespace Cairn.Initializers;

/// <summary>Truncated normal with variance 1 / fan in, for SELU networks (LeCun et al., 1998).</summary>
/// <param name="seed">A seed of its own, or null to follow the model's.</param>
/// <param name="inputAxes">The axes that make up the fan in, with <paramref name="outputAxes"/>; null for all but the last one.</param>
/// <param name="outputAxes">The axes that make up the fan out; null for all but the last but one.</param>
public sealed class LecunNormal(long? seed = null, Axes? inputAxes = null, Axes? outputAxes = null)
    : VarianceScaling(1, "fan_in", "truncated_normal", seed, inputAxes, outputAxes);
