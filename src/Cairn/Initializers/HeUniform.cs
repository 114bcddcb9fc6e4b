namespace Cairn.Initializers;

/// <summary>Uniform distribution over ±√(6 / fan in), for ReLU networks (He et al., 2015).</summary>
/// <param name="seed">The seed, or null to derive it from the model's seed.</param>
/// <param name="inputAxes">The axes that define the fan in, together with <paramref name="outputAxes"/>; null for all but the last.</param>
/// <param name="outputAxes">The axes that define the fan out; null for all but the second-to-last.</param>
public sealed class HeUniform(long? seed = null, Axes? inputAxes = null, Axes? outputAxes = null)
    : VarianceScaling(2, "fan_in", "uniform", seed, inputAxes, outputAxes);
