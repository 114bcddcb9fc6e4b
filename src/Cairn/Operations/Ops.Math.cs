using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

public static partial class Ops
{
    /// <summary>The sums of the segments of the first axis. Keras: <c>ops.segment_sum</c>.</summary>
    /// <param name="data">The tensor.</param>
    /// <param name="segmentIds">The segment of each part.</param>
    /// <param name="numSegments">See Keras. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor SegmentSum(TensorLike data, TensorLike segmentIds, int? numSegments = null) =>
        Apply(
            "SegmentSum",
            new JsonObject { ["num_segments"] = numSegments },
            tensors => [data.ToOperand(tensors), segmentIds.ToOperand(tensors)]);

    /// <summary>The largest numbers of the segments of the first axis. Keras: <c>ops.segment_max</c>.</summary>
    /// <param name="data">The tensor.</param>
    /// <param name="segmentIds">The segment of each part.</param>
    /// <param name="numSegments">See Keras. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor SegmentMax(TensorLike data, TensorLike segmentIds, int? numSegments = null) =>
        Apply(
            "SegmentMax",
            new JsonObject { ["num_segments"] = numSegments },
            tensors => [data.ToOperand(tensors), segmentIds.ToOperand(tensors)]);

    /// <summary>The smallest numbers of the segments of the first axis. Keras: <c>ops.segment_min</c>.</summary>
    /// <param name="data">The tensor.</param>
    /// <param name="segmentIds">The segment of each part.</param>
    /// <param name="numSegments">See Keras. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor SegmentMin(TensorLike data, TensorLike segmentIds, int? numSegments = null) =>
        Apply(
            "SegmentMin",
            new JsonObject { ["num_segments"] = numSegments },
            tensors => [data.ToOperand(tensors), segmentIds.ToOperand(tensors)]);

    /// <summary>The products of the segments of the first axis. Keras: <c>ops.segment_prod</c>.</summary>
    /// <param name="data">The tensor.</param>
    /// <param name="segmentIds">The segment of each part.</param>
    /// <param name="numSegments">See Keras. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor SegmentProd(TensorLike data, TensorLike segmentIds, int? numSegments = null) =>
        Apply(
            "SegmentProd",
            new JsonObject { ["num_segments"] = numSegments },
            tensors => [data.ToOperand(tensors), segmentIds.ToOperand(tensors)]);

    /// <summary>The largest numbers along the last axis, in falling order, and their places. Keras: <c>ops.top_k</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="k">How many.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> TopK(TensorLike x, int k) =>
        ApplyMany("TopK", new JsonObject { ["k"] = k }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Whether the target is among the largest predictions. Keras: <c>ops.in_top_k</c>.</summary>
    /// <param name="targets">The classes.</param>
    /// <param name="predictions">The scores.</param>
    /// <param name="k">How many.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor InTopK(TensorLike targets, TensorLike predictions, int k) =>
        Apply("InTopK", new JsonObject { ["k"] = k }, tensors => [targets.ToOperand(tensors), predictions.ToOperand(tensors)]);

    /// <summary>The logarithms of the sums of the exponentials along the axes. Keras: <c>ops.logsumexp</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. All of them by default.</param>
    /// <param name="keepdims">Whether the axes stay, with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Logsumexp(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Logsumexp", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The distances between the points of two sets. Keras: <c>ops.cdist</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="y">The second tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Cdist(TensorLike x, TensorLike y) =>
        Apply("CDist", null, tensors => [x.ToOperand(tensors), y.ToOperand(tensors)]);

    /// <summary>Overlapping frames of the last axis. Keras: <c>ops.extract_sequences</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="sequenceLength">See Keras.</param>
    /// <param name="sequenceStride">See Keras.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor ExtractSequences(TensorLike x, int sequenceLength, int sequenceStride) =>
        Apply(
            "ExtractSequences",
            new JsonObject { ["sequence_length"] = sequenceLength, ["sequence_stride"] = sequenceStride },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>The regularized lower incomplete gamma function. Keras: <c>ops.gammainc</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Gammainc(TensorLike x1, TensorLike x2) =>
        Apply("Gammainc", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>The Fourier transforms of real numbers along the last axis, as real and imaginary parts. Keras: <c>ops.rfft</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="fftLength">See Keras. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> Rfft(TensorLike x, int? fftLength = null) =>
        ApplyMany("RFFT", new JsonObject { ["fft_length"] = fftLength }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The Fourier transforms of overlapping frames of a signal, as real and imaginary parts. Keras: <c>ops.stft</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="sequenceLength">See Keras.</param>
    /// <param name="sequenceStride">See Keras.</param>
    /// <param name="fftLength">See Keras.</param>
    /// <param name="window">See Keras; <c>hann</c> by default.</param>
    /// <param name="center">See Keras; true by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> Stft(
        TensorLike x, int sequenceLength, int sequenceStride, int fftLength, string window = "hann", bool center = true) =>
        ApplyMany(
            "STFT",
            new JsonObject { ["sequence_length"] = sequenceLength, ["sequence_stride"] = sequenceStride, ["fft_length"] = fftLength,
                ["window"] = window, ["center"] = center },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>1 divided by the square roots. Keras: <c>ops.rsqrt</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Rsqrt(TensorLike x) =>
        Apply("Rsqrt", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The error function. Keras: <c>ops.erf</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Erf(TensorLike x) =>
        Apply("Erf", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>1 less the error function. Keras: <c>ops.erfc</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Erfc(TensorLike x) =>
        Apply("Erfc", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The inverse of the error function. Keras: <c>ops.erfinv</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Erfinv(TensorLike x) =>
        Apply("Erfinv", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The logarithms of the determinants of positive definite matrices. Keras: <c>ops.logdet</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Logdet(TensorLike x) =>
        Apply("Logdet", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Pairs along the last axis as complex numbers. Keras: <c>ops.view_as_complex</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor ViewAsComplex(TensorLike x) =>
        Apply("ViewAsComplex", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Complex numbers as pairs along a new last axis. Keras: <c>ops.view_as_real</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor ViewAsReal(TensorLike x) =>
        Apply("ViewAsReal", null, tensors => [x.ToOperand(tensors)]);
}
