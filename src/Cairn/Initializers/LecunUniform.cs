namespace Cairn.Initializers;

/// <summary>Uniform over ±√(3 / fan in) (LeCun et al., 1998).</summary>
/// <param name="seed">A seed of its own, or null to follow the model's.</param>
public sealed class LecunUniform(long? seed = null) : VarianceScaling(1, "fan_in", "uniform", seed);
