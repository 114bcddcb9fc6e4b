using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Rounds to 8-bit floating-point numbers with a scale. Keras: <c>quantize_and_dequantize</c> and what belongs to it.</summary>
/// <remarks>TorchSharp has no such types, so the rounded numbers are computed in float32, in which all of them are exact.</remarks>
internal static class Float8
{
    /// <summary>The nearest number of the format, the even one of two; numbers out of range become the largest.</summary>
    /// <param name="x">Numbers as float32.</param>
    /// <param name="format">The format.</param>
    public static Tensor Round(Tensor x, Float8Format format)
    {
        Tensor within = x.clamp(Held(-format.Largest), Held(format.Largest));

        // The power of two above each magnitude is its quotient by its significand, without a rounding error.
        Tensor magnitude = within.abs().clamp_min(Held(format.SmallestNormal));
        Tensor distance = magnitude / magnitude.frexp().Item1 / Held(1 << (format.FractionBits + 1));
        return (within / distance).round() * distance;
    }

    /// <summary>Divides by a scale, rounds, and multiplies again, in the type of <paramref name="x"/>.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="scale">The scale, a scalar of float32.</param>
    /// <param name="format">The format.</param>
    public static Tensor RoundScaled(Tensor x, Tensor scale, Float8Format format)
    {
        Tensor same = scale.to(x.dtype);
        return Round((x / same).to(ScalarType.Float32), format).to(x.dtype) * same;
    }

    /// <summary>
    /// The scale of the next step: the largest recent magnitude becomes the largest number of the format. Keras:
    /// <c>compute_float8_scale</c>.
    /// </summary>
    /// <param name="history">The magnitudes of recent steps.</param>
    /// <param name="scale">The scale of this step, which stays if there is no finite magnitude above 0.</param>
    /// <param name="format">The format.</param>
    public static Tensor NextScale(Tensor history, Tensor scale, Float8Format format)
    {
        Tensor largest = history.amax([0]);
        Tensor factor = full_like(largest, Held(format.Largest)) / largest;
        Tensor isUsable = largest.gt(Held(0)).logical_and(largest.isfinite());
        return where(isUsable, factor, scale.reciprocal()).reciprocal();
    }

    /// <summary>
    /// The magnitudes of recent steps with the one of this step, in place of the oldest. Keras: <c>compute_float8_amax_history</c>.
    /// </summary>
    /// <param name="x">The numbers of this step.</param>
    /// <param name="history">The magnitudes of the steps before.</param>
    public static Tensor NextHistory(Tensor x, Tensor history)
    {
        Tensor largest = x.abs().max().to(history.dtype).reshape(1);
        return cat([largest, history.roll(-1L, 0L).narrow(0, 1, history.shape[0] - 1)]);
    }
}
