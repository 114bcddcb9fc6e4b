using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

// Operations with nested lists as arguments, or with several overloads.
public static partial class Ops
{
    /// <summary>Evaluates the Einstein summation convention, such as <c>bij,bjk-&gt;bik</c>. Keras: <c>ops.einsum</c>.</summary>
    /// <param name="subscripts">The subscripts of each tensor and of the result.</param>
    /// <param name="operands">The tensors.</param>
    /// <exception cref="ArgumentException">The shapes are incompatible.</exception>
    public static KerasTensor Einsum(string subscripts, params IReadOnlyList<TensorLike> operands) =>
        Apply("Einsum", new JsonObject { ["subscripts"] = subscripts },
        tensors => [.. operands.Select(operand => operand.ToOperand(tensors))]);

    /// <summary>Returns the coordinate grids of vectors. Keras: <c>ops.meshgrid</c>.</summary>
    /// <param name="x">The vectors.</param>
    /// <param name="indexing"><c>xy</c> (default) or <c>ij</c>, for the order of the first two axes.</param>
    /// <exception cref="ArgumentException">An argument is not a vector.</exception>
    public static IReadOnlyList<KerasTensor> Meshgrid(IReadOnlyList<TensorLike> x, string indexing = "xy") =>
        ApplyMany("Meshgrid", new JsonObject { ["indexing"] = indexing }, tensors => [.. x.Select(vector => vector.ToOperand(tensors))]);

    /// <summary>Pads a tensor. Keras: <c>ops.pad</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="padWidth">The padding before and after along each axis, including the batch axis.</param>
    /// <param name="mode"><c>constant</c> (default), <c>reflect</c> or <c>symmetric</c>: the reflection without or with the edge.</param>
    /// <param name="constantValues">The value of constant padding; 0 by default.</param>
    /// <exception cref="ArgumentException">The number of paddings differs from the number of axes, or the mode is unknown.</exception>
    public static KerasTensor Pad(TensorLike x, IReadOnlyList<(int Before, int After)> padWidth, string mode = "constant",
        double? constantValues = null) => Apply(
        "Pad",
        new JsonObject
        {
            ["pad_width"] = new JsonArray([.. padWidth.Select(margin => (JsonNode?)new JsonArray(margin.Before, margin.After))]),
            ["mode"] = mode
        },
        tensors => [x.ToOperand(tensors), new Operand.Plain(constantValues)]);

    /// <summary>
    /// Computes the tensor dot product over the last axes of the first tensor and the first axes of the second. Keras:
    /// <c>ops.tensordot</c>.
    /// </summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <param name="axes">The number of axes; 2 by default.</param>
    /// <exception cref="ArgumentException">The sizes of the axes differ.</exception>
    public static KerasTensor Tensordot(TensorLike x1, TensorLike x2, int axes = 2) =>
        Apply("Tensordot", new JsonObject { ["axes"] = axes }, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Computes the tensor dot product over the given axes. Keras: <c>ops.tensordot</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <param name="axes1">The axes of the first tensor.</param>
    /// <param name="axes2">The axes of the second tensor, in the same order.</param>
    /// <exception cref="ArgumentException">The sizes of the axes differ.</exception>
    public static KerasTensor Tensordot(TensorLike x1, TensorLike x2, IReadOnlyList<int> axes1, IReadOnlyList<int> axes2) =>
        Apply("Tensordot", new JsonObject { ["axes"] = new JsonArray(List(axes1), List(axes2)) },
        tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>
    /// Selects elements of the first tensor where the condition is true, otherwise of the second. Keras: <c>ops.where</c>.
    /// </summary>
    /// <param name="condition">The condition; nonzero values are true.</param>
    /// <param name="x1">The values where the condition is true.</param>
    /// <param name="x2">The values elsewhere.</param>
    /// <exception cref="ArgumentException">The shapes are incompatible.</exception>
    public static KerasTensor Where(TensorLike condition, TensorLike x1, TensorLike x2) =>
        Apply("Where", null, tensors => [condition.ToOperand(tensors), x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>
    /// Selects each element from the choice of the first condition that is true, or the default. Keras: <c>ops.select</c>.
    /// </summary>
    /// <param name="condlist">The conditions.</param>
    /// <param name="choicelist">The choices, one per condition.</param>
    /// <param name="default">The value if no condition is true; 0 by default.</param>
    /// <exception cref="ArgumentException">The number of choices differs, or the shapes are incompatible.</exception>
    public static KerasTensor Select(IReadOnlyList<TensorLike> condlist, IReadOnlyList<TensorLike> choicelist,
        TensorLike? @default = null) =>
        Apply("Select", null, tensors => [Group(condlist, tensors), Group(choicelist, tensors), (@default ?? 0).ToOperand(tensors)]);

    /// <summary>Extracts a slice of a tensor. Keras: <c>ops.slice</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="startIndices">The start index of the slice along each axis.</param>
    /// <param name="shape">The shape of the slice.</param>
    /// <exception cref="ArgumentException">The slice is out of range.</exception>
    public static KerasTensor Slice(TensorLike inputs, IReadOnlyList<int> startIndices, IReadOnlyList<int> shape) =>
        Apply("Slice", new JsonObject { ["shape"] = List(shape) }, tensors => [inputs.ToOperand(tensors), Numbers(startIndices)]);

    /// <summary>Returns a tensor of zeros with values added at the given indices. Keras: <c>ops.scatter</c>.</summary>
    /// <param name="indices">The indices, one row per value.</param>
    /// <param name="values">The values.</param>
    /// <param name="shape">The shape of the result.</param>
    /// <exception cref="ArgumentException">An index is out of range.</exception>
    public static KerasTensor Scatter(TensorLike indices, TensorLike values, IReadOnlyList<int> shape) =>
        Apply("Scatter", new JsonObject { ["shape"] = List(shape) }, tensors => [indices.ToOperand(tensors), values.ToOperand(tensors)]);

    /// <summary>Returns a tensor with values updated at the given indices. Keras: <c>ops.scatter_update</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="indices">The indices, one row per value.</param>
    /// <param name="updates">The values.</param>
    /// <param name="reduction">Null (default) to replace values, <c>add</c> to add to them.</param>
    /// <exception cref="ArgumentException">An index is out of range.</exception>
    public static KerasTensor ScatterUpdate(TensorLike inputs, TensorLike indices, TensorLike updates, string? reduction = null) => Apply(
        "ScatterUpdate", new JsonObject { ["reduction"] = reduction },
        tensors => [inputs.ToOperand(tensors), indices.ToOperand(tensors), updates.ToOperand(tensors)]);

    /// <summary>Clips values to a range. Keras: <c>ops.clip</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="xMin">The lower bound; null for none.</param>
    /// <param name="xMax">The upper bound; null for none.</param>
    public static KerasTensor Clip(TensorLike x, double? xMin, double? xMax) =>
        Apply("Clip", new JsonObject { ["x_min"] = xMin, ["x_max"] = xMax }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Rearranges axes by an einops pattern such as <c>b (h two) w -&gt; b h (w two)</c>. Keras: <c>ops.rearrange</c>.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="pattern">The pattern of the axes before and after.</param>
    /// <param name="axesLengths">The sizes of axes that can't be inferred from the tensor.</param>
    /// <exception cref="ArgumentException">The pattern is invalid or does not match the tensor.</exception>
    public static KerasTensor Rearrange(TensorLike tensor, string pattern, IReadOnlyDictionary<string, int>? axesLengths = null)
    {
        var tensors = new List<KerasTensor>();
        Operand[] operands = [tensor.ToOperand(tensors), new Operand.Plain(pattern)];
        var lengths = (axesLengths ?? new Dictionary<string, int>()).ToDictionary(p => p.Key, Operand (p) => new Operand.Plain(p.Value));
        return new Operation(OperationRegistry.Get("Rearrange")).Record(tensors, operands, lengths)[0];
    }

    /// <summary>Computes the histogram of a tensor, and returns the counts and the bin edges. Keras: <c>ops.histogram</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="bins">The number of bins; 10 by default.</param>
    /// <param name="range">The lower and upper edge; the minimum and maximum by default.</param>
    /// <exception cref="ArgumentException">There are no bins.</exception>
    public static IReadOnlyList<KerasTensor> Histogram(TensorLike x, int bins = 10, (double First, double Last)? range = null) => ApplyMany(
        "Histogram",
        new JsonObject { ["bins"] = bins, ["range"] = range is { } edges ? new JsonArray(edges.First, edges.Last) : null },
        tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the sorted unique values, truncated or padded to a size. Keras: <c>ops.unique</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="size">The number of values in the result.</param>
    /// <param name="fillValue">The padding value; 0 by default.</param>
    public static KerasTensor Unique(TensorLike x, int size, double fillValue = 0) =>
        Apply("Unique", new JsonObject { ["size"] = size, ["fill_value"] = fillValue }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the Fourier transform along the last axis, as real and imaginary parts. Keras: <c>ops.fft</c>.</summary>
    /// <param name="real">The real parts.</param>
    /// <param name="imaginary">The imaginary parts.</param>
    public static IReadOnlyList<KerasTensor> FFT(TensorLike real, TensorLike imaginary) =>
        ApplyMany("FFT", null, tensors => [Group([real, imaginary], tensors)]);

    /// <summary>Computes the Fourier transform along the last two axes, as real and imaginary parts. Keras: <c>ops.fft2</c>.</summary>
    /// <param name="real">The real parts.</param>
    /// <param name="imaginary">The imaginary parts.</param>
    public static IReadOnlyList<KerasTensor> FFT2(TensorLike real, TensorLike imaginary) =>
        ApplyMany("FFT2", null, tensors => [Group([real, imaginary], tensors)]);

    /// <summary>
    /// Computes the inverse Fourier transform along the last two axes, as real and imaginary parts. Keras: <c>ops.ifft2</c>.
    /// </summary>
    /// <param name="real">The real parts.</param>
    /// <param name="imaginary">The imaginary parts.</param>
    public static IReadOnlyList<KerasTensor> IFFT2(TensorLike real, TensorLike imaginary) =>
        ApplyMany("IFFT2", null, tensors => [Group([real, imaginary], tensors)]);

    /// <summary>Computes the inverse Fourier transform of real signals. Keras: <c>ops.irfft</c>.</summary>
    /// <param name="real">The real parts.</param>
    /// <param name="imaginary">The imaginary parts.</param>
    /// <param name="fftLength">The length of the result; <c>2 · (frequencies - 1)</c> by default.</param>
    public static KerasTensor IRFFT(TensorLike real, TensorLike imaginary, int? fftLength = null) =>
        Apply("IRFFT", new JsonObject { ["fft_length"] = fftLength }, tensors => [Group([real, imaginary], tensors)]);

    /// <summary>Computes the inverse short-time Fourier transform. Keras: <c>ops.istft</c>.</summary>
    /// <param name="real">The real parts.</param>
    /// <param name="imaginary">The imaginary parts.</param>
    /// <param name="sequenceLength">The length of a frame.</param>
    /// <param name="sequenceStride">The stride between frames.</param>
    /// <param name="fftLength">The length of a transform.</param>
    /// <param name="length">The length of the signal; determined by the frames by default.</param>
    /// <param name="window">The window: <c>hann</c> (default), <c>hamming</c> or null for none.</param>
    /// <param name="center">Whether frames are centered at their positions; true by default.</param>
    public static KerasTensor ISTFT(
        TensorLike real, TensorLike imaginary, int sequenceLength, int sequenceStride, int fftLength, int? length = null,
        string? window = "hann", bool center = true) => Apply(
        "ISTFT",
        new JsonObject
        {
            ["sequence_length"] = sequenceLength,
            ["sequence_stride"] = sequenceStride,
            ["fft_length"] = fftLength,
            ["length"] = length,
            ["window"] = window,
            ["center"] = center,
        },
        tensors => [Group([real, imaginary], tensors)]);

    /// <summary>
    /// Computes the singular value decomposition of matrices: left vectors, values and right vectors. Keras: <c>ops.svd</c>.
    /// </summary>
    /// <param name="x">The matrices.</param>
    /// <param name="fullMatrices">Whether to compute the full-sized matrices of vectors; true by default.</param>
    /// <param name="computeUv">Whether to compute the singular vectors in addition to the values; true by default.</param>
    public static IReadOnlyList<KerasTensor> SVD(TensorLike x, bool fullMatrices = true, bool computeUv = true) =>
        ApplyMany("SVD", new JsonObject { ["full_matrices"] = fullMatrices, ["compute_uv"] = computeUv },
        tensors => [x.ToOperand(tensors)]);
}
