namespace Cairn.Initializers;

/// <summary>Truncated normal with variance 2 / fan in, for ReLU networks (He et al., 2015).</summary>
/// <param name="seed">A seed of its own, or null to follow the model's.</param>
public sealed class HeNormal(long? seed = null) : VarianceScaling(2, "fan_in", "truncated_normal", seed);
