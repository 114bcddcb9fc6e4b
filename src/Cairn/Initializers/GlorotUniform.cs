namespace Cairn.Initializers;

/// <summary>Uniform over ±√(6 / (fan in + fan out)) (Glorot and Bengio, 2010).</summary>
/// <param name="seed">A seed of its own, or null to follow the model's.</param>
public sealed class GlorotUniform(long? seed = null) : VarianceScaling(1, "fan_avg", "uniform", seed);
