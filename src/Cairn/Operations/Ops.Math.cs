using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

public static partial class Ops
{
    /// <summary>Computes the sums of the segments along the first axis. Keras: <c>ops.segment_sum</c>.</summary>
    /// <param name="data">The tensor.</param>
    /// <param name="segmentIds">The segment ID of each element of the first axis.</param>
    /// <param name="numSegments">The number of segments; optional.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor SegmentSum(TensorLike data, TensorLike segmentIds, int? numSegments = null) =>
        Apply(
            "SegmentSum",
            new JsonObject { ["num_segments"] = numSegments },
            tensors => [data.ToOperand(tensors), segmentIds.ToOperand(tensors)]);

    /// <summary>Computes the maxima of the segments along the first axis. Keras: <c>ops.segment_max</c>.</summary>
    /// <param name="data">The tensor.</param>
    /// <param name="segmentIds">The segment ID of each element of the first axis.</param>
    /// <param name="numSegments">The number of segments; optional.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor SegmentMax(TensorLike data, TensorLike segmentIds, int? numSegments = null) =>
        Apply(
            "SegmentMax",
            new JsonObject { ["num_segments"] = numSegments },
            tensors => [data.ToOperand(tensors), segmentIds.ToOperand(tensors)]);

    /// <summary>Computes the minima of the segments along the first axis. Keras: <c>ops.segment_min</c>.</summary>
    /// <param name="data">The tensor.</param>
    /// <param name="segmentIds">The segment ID of each element of the first axis.</param>
    /// <param name="numSegments">The number of segments; optional.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor SegmentMin(TensorLike data, TensorLike segmentIds, int? numSegments = null) =>
        Apply(
            "SegmentMin",
            new JsonObject { ["num_segments"] = numSegments },
            tensors => [data.ToOperand(tensors), segmentIds.ToOperand(tensors)]);

    /// <summary>Computes the products of the segments along the first axis. Keras: <c>ops.segment_prod</c>.</summary>
    /// <param name="data">The tensor.</param>
    /// <param name="segmentIds">The segment ID of each element of the first axis.</param>
    /// <param name="numSegments">The number of segments; optional.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor SegmentProd(TensorLike data, TensorLike segmentIds, int? numSegments = null) =>
        Apply(
            "SegmentProd",
            new JsonObject { ["num_segments"] = numSegments },
            tensors => [data.ToOperand(tensors), segmentIds.ToOperand(tensors)]);

    /// <summary>
    /// Returns the k largest values along the last axis, in descending order, and their indices. Keras: <c>ops.top_k</c>.
    /// </summary>
    /// <param name="x">The tensor.</param>
    /// <param name="k">The number of top elements.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> TopK(TensorLike x, int k) =>
        ApplyMany("TopK", new JsonObject { ["k"] = k }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns whether the targets are among the k largest predictions. Keras: <c>ops.in_top_k</c>.</summary>
    /// <param name="targets">The class indices.</param>
    /// <param name="predictions">The predicted scores.</param>
    /// <param name="k">The number of top elements.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor InTopK(TensorLike targets, TensorLike predictions, int k) =>
        Apply("InTopK", new JsonObject { ["k"] = k }, tensors => [targets.ToOperand(tensors), predictions.ToOperand(tensors)]);

    /// <summary>Computes the logarithm of the sum of exponentials along the axes. Keras: <c>ops.logsumexp</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Logsumexp(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Logsumexp", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the pairwise distances between two sets of points. Keras: <c>ops.cdist</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="y">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Cdist(TensorLike x, TensorLike y) =>
        Apply("CDist", null, tensors => [x.ToOperand(tensors), y.ToOperand(tensors)]);

    /// <summary>Splits the last axis into overlapping sequences. Keras: <c>ops.extract_sequences</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="sequenceLength">The length of the sequences.</param>
    /// <param name="sequenceStride">The stride between sequences.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor ExtractSequences(TensorLike x, int sequenceLength, int sequenceStride) =>
        Apply(
            "ExtractSequences",
            new JsonObject { ["sequence_length"] = sequenceLength, ["sequence_stride"] = sequenceStride },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the regularized lower incomplete gamma function. Keras: <c>ops.gammainc</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Gammainc(TensorLike x1, TensorLike x2) =>
        Apply("Gammainc", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>
    /// Computes the Fourier transform of real values along the last axis, as real and imaginary parts. Keras: <c>ops.rfft</c>.
    /// </summary>
    /// <param name="x">The tensor.</param>
    /// <param name="fftLength">The length of the transform; optional.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> Rfft(TensorLike x, int? fftLength = null) =>
        ApplyMany("RFFT", new JsonObject { ["fft_length"] = fftLength }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the short-time Fourier transform of a signal, as real and imaginary parts. Keras: <c>ops.stft</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="sequenceLength">The length of the sequences.</param>
    /// <param name="sequenceStride">The stride between sequences.</param>
    /// <param name="fftLength">The length of the transform.</param>
    /// <param name="window">The window: <c>hann</c> (default), <c>hamming</c> or null for none.</param>
    /// <param name="center">Whether frames are centered at their positions; true by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> Stft(
        TensorLike x, int sequenceLength, int sequenceStride, int fftLength, string window = "hann", bool center = true) =>
        ApplyMany(
            "STFT",
            new JsonObject
            {
                ["sequence_length"] = sequenceLength,
                ["sequence_stride"] = sequenceStride,
                ["fft_length"] = fftLength,
                ["window"] = window,
                ["center"] = center
            },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise reciprocal square root. Keras: <c>ops.rsqrt</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Rsqrt(TensorLike x) =>
        Apply("Rsqrt", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise error function. Keras: <c>ops.erf</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Erf(TensorLike x) =>
        Apply("Erf", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise complementary error function, <c>1 - erf(x)</c>. Keras: <c>ops.erfc</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Erfc(TensorLike x) =>
        Apply("Erfc", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the element-wise inverse error function. Keras: <c>ops.erfinv</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Erfinv(TensorLike x) =>
        Apply("Erfinv", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the logarithms of the determinants of positive definite matrices. Keras: <c>ops.logdet</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Logdet(TensorLike x) =>
        Apply("Logdet", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Converts pairs along the last axis to complex numbers. Keras: <c>ops.view_as_complex</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor ViewAsComplex(TensorLike x) =>
        Apply("ViewAsComplex", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Converts complex numbers to pairs along a new last axis. Keras: <c>ops.view_as_real</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor ViewAsReal(TensorLike x) =>
        Apply("ViewAsReal", null, tensors => [x.ToOperand(tensors)]);
}
