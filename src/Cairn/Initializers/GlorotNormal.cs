namespace Cairn.Initializers;

/// <summary>Truncated normal with variance 2 / (fan in + fan out) (Glorot and Bengio, 2010).</summary>
/// <param name="seed">A seed of its own, or null to follow the model's.</param>
public sealed class GlorotNormal(long? seed = null) : VarianceScaling(1, "fan_avg", "truncated_normal", seed);
