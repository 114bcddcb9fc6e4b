namespace Cairn.Initializers;

/// <summary>Truncated normal with variance 1 / fan in, for SELU networks (LeCun et al., 1998).</summary>
/// <param name="seed">A seed of its own, or null to follow the model's.</param>
public sealed class LecunNormal(long? seed = null) : VarianceScaling(1, "fan_in", "truncated_normal", seed);
