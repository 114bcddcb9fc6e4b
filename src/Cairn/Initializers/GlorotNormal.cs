namespace Cairn.Initializers;

/// <summary>Truncated normal with variance 2 / (fan in + fan out) (Glorot and Bengio, 2010).</summary>
/// <param name="seed">A seed of its own, or null to follow the model's.</param>
/// <param name="inputAxes">The axes that make up the fan in, with <paramref name="outputAxes"/>; null for all but the last one.</param>
/// <param name="outputAxes">The axes that make up the fan out; null for all but the last but one.</param>
public sealed class GlorotNormal(long? seed = null, Axes? inputAxes = null, Axes? outputAxes = null)
    : VarianceScaling(1, "fan_avg", "truncated_normal", seed, inputAxes, outputAxes);
