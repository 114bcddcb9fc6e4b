namespace Cairn.Distributed;

/// <summary>The format in which gradients are sent and added up.</summary>
public enum GradientFormat
{
    /// <summary>32 bits: the result is that of one process, except for the rounding of sums.</summary>
    Float32,

    /// <summary>
    /// IEEE 754 half precision: half the bytes, 11 significant bits. Gradients above 65504 overflow, and those below 6e-8 become 0; use a
    /// <c>LossScaleOptimizer</c> if they are small.
    /// </summary>
    Float16,

    /// <summary>bfloat16: half the bytes, 8 significant bits, the range of 32 bits.</summary>
    BFloat16,
}
