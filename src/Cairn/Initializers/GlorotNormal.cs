namespace Cairn.Initializers;

/// <summary>Truncated normal distribution with variance 2 / (fan in + fan out) (Glorot and Bengio, 2010).</summary>
/// <param name="seed">The seed, or null to derive it from the model's seed.</param>
/// <param name="inputAxes">The axes that define the fan in, together with <paramref name="outputAxes"/>; null for all but the last.</param>
/// <param name="outputAxes">The axes that define the fan out; null for all but the second-to-last.</param>
public sealed class GlorotNormal(long? seed = null, Axes? inputAxes = null, Axes? outputAxes = null)
    : VarianceScaling(1, "fan_avg", "truncated_normal", seed, inputAxes, outputAxes);
