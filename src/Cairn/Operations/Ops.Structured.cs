using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

// Operations whose arguments are lists of lists or come in several forms.
public static partial class Ops
{
    /// <summary>The products and sums that subscripts such as <c>bij,bjk-&gt;bik</c> describe. Keras: <c>ops.einsum</c>.</summary>
    /// <param name="subscripts">The axes of each tensor and of the result.</param>
    /// <param name="operands">The tensors.</param>
    /// <exception cref="ArgumentException">They do not go together.</exception>
    public static KerasTensor Einsum(string subscripts, params IReadOnlyList<TensorLike> operands) =>
        Apply("Einsum", new JsonObject { ["subscripts"] = subscripts },
        tensors => [.. operands.Select(operand => operand.ToOperand(tensors))]);

    /// <summary>The coordinates of the grid of some vectors. Keras: <c>ops.meshgrid</c>.</summary>
    /// <param name="x">The vectors.</param>
    /// <param name="indexing"><c>xy</c> (default) or <c>ij</c>, for the order of the first two axes.</param>
    /// <exception cref="ArgumentException">They are no vectors.</exception>
    public static IReadOnlyList<KerasTensor> Meshgrid(IReadOnlyList<TensorLike> x, string indexing = "xy") =>
        ApplyMany("Meshgrid", new JsonObject { ["indexing"] = indexing }, tensors => [.. x.Select(vector => vector.ToOperand(tensors))]);

    /// <summary>The tensor with margins. Keras: <c>ops.pad</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="padWidth">The margins before and after along each axis, the batch among them.</param>
    /// <param name="mode"><c>constant</c> (default), <c>reflect</c> or <c>symmetric</c>: the mirror image without or with the border.</param>
    /// <param name="constantValues">What constant margins hold; 0 by default.</param>
    /// <exception cref="ArgumentException">There are not as many margins as axes, or the mode is unknown.</exception>
    public static KerasTensor Pad(TensorLike x, IReadOnlyList<(int Before, int After)> padWidth, string mode = "constant",
        double? constantValues = null) => Apply(
        "Pad",
        new JsonObject
            { ["pad_width"] = new JsonArray([.. padWidth.Select(margin => (JsonNode?)new JsonArray(margin.Before, margin.After))]),
            ["mode"] = mode },
        tensors => [x.ToOperand(tensors), new Operand.Plain(constantValues)]);

    /// <summary>The products over the last axes of the first and the first axes of the second tensor. Keras: <c>ops.tensordot</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <param name="axes">How many axes; 2 by default.</param>
    /// <exception cref="ArgumentException">Their sizes do not agree.</exception>
    public static KerasTensor Tensordot(TensorLike x1, TensorLike x2, int axes = 2) =>
        Apply("Tensordot", new JsonObject { ["axes"] = axes }, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>The products over some axes of both. Keras: <c>ops.tensordot</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <param name="axes1">The axes of the first.</param>
    /// <param name="axes2">Those of the second, in the same order.</param>
    /// <exception cref="ArgumentException">Their sizes do not agree.</exception>
    public static KerasTensor Tensordot(TensorLike x1, TensorLike x2, IReadOnlyList<int> axes1, IReadOnlyList<int> axes2) =>
        Apply("Tensordot", new JsonObject { ["axes"] = new JsonArray(List(axes1), List(axes2)) },
        tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>The first number where the condition is true, else the second. Keras: <c>ops.where</c>.</summary>
    /// <param name="condition">Truth values; any number but 0 counts as true.</param>
    /// <param name="x1">What counts where it is true.</param>
    /// <param name="x2">What counts elsewhere.</param>
    /// <exception cref="ArgumentException">The shapes do not go together.</exception>
    public static KerasTensor Where(TensorLike condition, TensorLike x1, TensorLike x2) =>
        Apply("Where", null, tensors => [condition.ToOperand(tensors), x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>For each element the choice of the first condition that is true, or the default. Keras: <c>ops.select</c>.</summary>
    /// <param name="condlist">The conditions.</param>
    /// <param name="choicelist">As many choices.</param>
    /// <param name="default">What counts where none is true; 0 by default.</param>
    /// <exception cref="ArgumentException">There are not as many choices, or the shapes do not go together.</exception>
    public static KerasTensor Select(IReadOnlyList<TensorLike> condlist, IReadOnlyList<TensorLike> choicelist,
        TensorLike? @default = null) =>
        Apply("Select", null, tensors => [Group(condlist, tensors), Group(choicelist, tensors), (@default ?? 0).ToOperand(tensors)]);

    /// <summary>A block of the tensor. Keras: <c>ops.slice</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="startIndices">Where the block begins along each axis.</param>
    /// <param name="shape">Its sizes.</param>
    /// <exception cref="ArgumentException">The block does not lie in the tensor.</exception>
    public static KerasTensor Slice(TensorLike inputs, IReadOnlyList<int> startIndices, IReadOnlyList<int> shape) =>
        Apply("Slice", new JsonObject { ["shape"] = List(shape) }, tensors => [inputs.ToOperand(tensors), Numbers(startIndices)]);

    /// <summary>A tensor of zeros with values added at some places. Keras: <c>ops.scatter</c>.</summary>
    /// <param name="indices">The places, one row for each value.</param>
    /// <param name="values">The values.</param>
    /// <param name="shape">The shape of the result.</param>
    /// <exception cref="ArgumentException">A place does not lie in it.</exception>
    public static KerasTensor Scatter(TensorLike indices, TensorLike values, IReadOnlyList<int> shape) =>
        Apply("Scatter", new JsonObject { ["shape"] = List(shape) }, tensors => [indices.ToOperand(tensors), values.ToOperand(tensors)]);

    /// <summary>The tensor with values at some places. Keras: <c>ops.scatter_update</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="indices">The places, one row for each value.</param>
    /// <param name="updates">The values.</param>
    /// <param name="reduction">Null (default) to replace what is there, <c>add</c> to add to it.</param>
    /// <exception cref="ArgumentException">A place does not exist.</exception>
    public static KerasTensor ScatterUpdate(TensorLike inputs, TensorLike indices, TensorLike updates, string? reduction = null) => Apply(
        "ScatterUpdate", new JsonObject { ["reduction"] = reduction },
        tensors => [inputs.ToOperand(tensors), indices.ToOperand(tensors), updates.ToOperand(tensors)]);

    /// <summary>The numbers, those outside of the bounds replaced by the nearer bound. Keras: <c>ops.clip</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="xMin">The least number; none where it is null.</param>
    /// <param name="xMax">The greatest number; none where it is null.</param>
    public static KerasTensor Clip(TensorLike x, double? xMin, double? xMax) =>
        Apply("Clip", new JsonObject { ["x_min"] = xMin, ["x_max"] = xMax }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The axes taken apart, moved and joined by a pattern such as <c>b (h two) w -&gt; b h (w two)</c>. Keras: <c>ops.rearrange</c>.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="pattern">The axes before and after.</param>
    /// <param name="axesLengths">The sizes of axes that the tensor does not tell.</param>
    /// <exception cref="ArgumentException">The pattern can't be read, or does not fit.</exception>
    public static KerasTensor Rearrange(TensorLike tensor, string pattern, IReadOnlyDictionary<string, int>? axesLengths = null)
    {
        var tensors = new List<KerasTensor>();
        Operand[] operands = [tensor.ToOperand(tensors), new Operand.Plain(pattern)];
        var lengths = (axesLengths ?? new Dictionary<string, int>()).ToDictionary(p => p.Key, Operand (p) => new Operand.Plain(p.Value));
        return new Operation(OperationRegistry.Get("Rearrange")).Record(tensors, operands, lengths)[0];
    }

    /// <summary>How many numbers fall between evenly spaced edges, and the edges. Keras: <c>ops.histogram</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="bins">How many intervals; 10 by default.</param>
    /// <param name="range">The first and the last edge; the least and the greatest number by default.</param>
    /// <exception cref="ArgumentException">There is no interval.</exception>
    public static IReadOnlyList<KerasTensor> Histogram(TensorLike x, int bins = 10, (double First, double Last)? range = null) => ApplyMany(
        "Histogram",
        new JsonObject { ["bins"] = bins, ["range"] = range is { } edges ? new JsonArray(edges.First, edges.Last) : null },
        tensors => [x.ToOperand(tensors)]);

    /// <summary>The different numbers in rising order, cut off or filled up to a size. Keras: <c>ops.unique</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="size">How many numbers come out.</param>
    /// <param name="fillValue">What fills up; 0 by default.</param>
    public static KerasTensor Unique(TensorLike x, int size, double fillValue = 0) =>
        Apply("Unique", new JsonObject { ["size"] = size, ["fill_value"] = fillValue }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The Fourier transforms along the last axis, as real and imaginary parts. Keras: <c>ops.fft</c>.</summary>
    /// <param name="real">The real parts.</param>
    /// <param name="imaginary">The imaginary parts.</param>
    public static IReadOnlyList<KerasTensor> FFT(TensorLike real, TensorLike imaginary) =>
        ApplyMany("FFT", null, tensors => [Group([real, imaginary], tensors)]);

    /// <summary>The Fourier transforms along the last two axes, as real and imaginary parts. Keras: <c>ops.fft2</c>.</summary>
    /// <param name="real">The real parts.</param>
    /// <param name="imaginary">The imaginary parts.</param>
    public static IReadOnlyList<KerasTensor> FFT2(TensorLike real, TensorLike imaginary) =>
        ApplyMany("FFT2", null, tensors => [Group([real, imaginary], tensors)]);

    /// <summary>The inverse Fourier transforms along the last two axes, as real and imaginary parts. Keras: <c>ops.ifft2</c>.</summary>
    /// <param name="real">The real parts.</param>
    /// <param name="imaginary">The imaginary parts.</param>
    public static IReadOnlyList<KerasTensor> IFFT2(TensorLike real, TensorLike imaginary) =>
        ApplyMany("IFFT2", null, tensors => [Group([real, imaginary], tensors)]);

    /// <summary>The real numbers whose Fourier transforms these are. Keras: <c>ops.irfft</c>.</summary>
    /// <param name="real">The real parts.</param>
    /// <param name="imaginary">The imaginary parts.</param>
    /// <param name="fftLength">How many numbers come out; twice the frequencies but one by default.</param>
    public static KerasTensor IRFFT(TensorLike real, TensorLike imaginary, int? fftLength = null) =>
        Apply("IRFFT", new JsonObject { ["fft_length"] = fftLength }, tensors => [Group([real, imaginary], tensors)]);

    /// <summary>The signal whose frames have these Fourier transforms. Keras: <c>ops.istft</c>.</summary>
    /// <param name="real">The real parts.</param>
    /// <param name="imaginary">The imaginary parts.</param>
    /// <param name="sequenceLength">The length of a frame.</param>
    /// <param name="sequenceStride">How far frames are apart.</param>
    /// <param name="fftLength">The length of a transform.</param>
    /// <param name="length">The length of the signal; that of the frames by default.</param>
    /// <param name="window"><c>hann</c> (default), <c>hamming</c> or null, how the ends of frames are faded.</param>
    /// <param name="center">Whether frames stand around their places; true by default.</param>
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

    /// <summary>The singular value decompositions of matrices: left vectors, values and right vectors. Keras: <c>ops.svd</c>.</summary>
    /// <param name="x">The matrices.</param>
    /// <param name="fullMatrices">Whether the vectors span all of space; true by default.</param>
    /// <param name="computeUv">Whether the vectors come out too, and not the values alone; true by default.</param>
    public static IReadOnlyList<KerasTensor> SVD(TensorLike x, bool fullMatrices = true, bool computeUv = true) =>
        ApplyMany("SVD", new JsonObject { ["full_matrices"] = fullMatrices, ["compute_uv"] = computeUv },
        tensors => [x.ToOperand(tensors)]);
}
