using System.Text.Json.Nodes;
using Cairn.Operations;
using static TorchSharp.torch;

namespace Cairn;

public static partial class Ops
{
    /// <summary>Returns the indices that would sort a tensor along an axis. Keras: <c>ops.argsort</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative axes count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Argsort(TensorLike x, int axis = -1) =>
        Apply("Argsort", new JsonObject { ["axis"] = axis }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the cross product of vectors. Keras: <c>ops.cross</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <param name="axisa">The axis of the vectors in the first tensor; -1 by default.</param>
    /// <param name="axisb">The axis of the vectors in the second tensor; -1 by default.</param>
    /// <param name="axisc">The axis of the vectors in the result; -1 by default.</param>
    /// <param name="axis">The axis; negative axes count from the end. Replaces the other axis arguments; optional.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Cross(TensorLike x1, TensorLike x2, int axisa = -1, int axisb = -1, int axisc = -1, int? axis = null) =>
        Apply(
            "Cross",
            new JsonObject { ["axisa"] = axisa, ["axisb"] = axisb, ["axisc"] = axisc, ["axis"] = axis },
            tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Computes the cumulative product along an axis. Keras: <c>ops.cumprod</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative axes count from the end. The tensor is flattened by default.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Cumprod(TensorLike x, int? axis = null, string? dtype = null) =>
        Apply("Cumprod", new JsonObject { ["axis"] = axis, ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the cumulative sum along an axis. Keras: <c>ops.cumsum</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative axes count from the end. The tensor is flattened by default.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Cumsum(TensorLike x, int? axis = null, string? dtype = null) =>
        Apply("Cumsum", new JsonObject { ["axis"] = axis, ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the n-th discrete difference along an axis. Keras: <c>ops.diff</c>.</summary>
    /// <param name="a">The tensor.</param>
    /// <param name="n">The number of times to take differences; 1 by default.</param>
    /// <param name="axis">The axis; negative axes count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Diff(TensorLike a, int n = 1, int axis = -1) =>
        Apply("Diff", new JsonObject { ["n"] = n, ["axis"] = axis }, tensors => [a.ToOperand(tensors)]);

    /// <summary>Returns the indices of the bins to which the values belong. Keras: <c>ops.digitize</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="bins">The bin edges, in ascending order.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Digitize(TensorLike x, TensorLike bins) =>
        Apply("Digitize", null, tensors => [x.ToOperand(tensors), bins.ToOperand(tensors)]);

    /// <summary>
    /// Computes the dot product: the product over the last axis of the first tensor and the second-to-last of the second. Keras:
    /// <c>ops.dot</c>.
    /// </summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Dot(TensorLike x1, TensorLike x2) =>
        Apply("Dot", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns a new tensor with the shape of another; filled with zeros here. Keras: <c>ops.empty_like</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor EmptyLike(TensorLike x, string? dtype = null) =>
        Apply("EmptyLike", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns a tensor of the given shape, filled with a scalar of the graph. Keras: <c>ops.full</c>.</summary>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="fillValue">The fill value.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Full(IReadOnlyList<int> shape, TensorLike fillValue, string? dtype = null) =>
        Apply("Full", new JsonObject { ["shape"] = List(shape), ["dtype"] = dtype }, tensors => [fillValue.ToOperand(tensors)]);

    /// <summary>Returns a tensor with the shape of another, filled with a scalar. Keras: <c>ops.full_like</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="fillValue">The fill value.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor FullLike(TensorLike x, TensorLike fillValue, string? dtype = null) =>
        Apply("FullLike", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors), fillValue.ToOperand(tensors)]);

    /// <summary>Returns numbers evenly spaced on a geometric progression. Keras: <c>ops.geomspace</c>.</summary>
    /// <param name="start">The first value.</param>
    /// <param name="stop">The last value.</param>
    /// <param name="num">The number of values; 50 by default.</param>
    /// <param name="endpoint">Whether to include the end of the interval; true by default.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <param name="axis">The axis; negative axes count from the end; 0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Geomspace(
        TensorLike start, TensorLike stop, int num = 50, bool endpoint = true, string? dtype = null, int axis = 0) =>
        Apply(
            "Geomspace",
            new JsonObject { ["num"] = num, ["endpoint"] = endpoint, ["dtype"] = dtype, ["axis"] = axis },
            tensors => [start.ToOperand(tensors), stop.ToOperand(tensors)]);

    /// <summary>Computes the Kronecker product. Keras: <c>ops.kron</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Kron(TensorLike x1, TensorLike x2) =>
        Apply("Kron", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Returns evenly spaced numbers over an interval. Keras: <c>ops.linspace</c>.</summary>
    /// <param name="start">The first value.</param>
    /// <param name="stop">The last value.</param>
    /// <param name="num">The number of values; 50 by default.</param>
    /// <param name="endpoint">Whether to include the end of the interval; true by default.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <param name="axis">The axis; negative axes count from the end; 0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Linspace(
        TensorLike start, TensorLike stop, int num = 50, bool endpoint = true, string? dtype = null, int axis = 0) =>
        Apply(
            "Linspace",
            new JsonObject { ["num"] = num, ["endpoint"] = endpoint, ["dtype"] = dtype, ["axis"] = axis },
            tensors => [start.ToOperand(tensors), stop.ToOperand(tensors)]);

    /// <summary>Returns numbers evenly spaced on a log scale. Keras: <c>ops.logspace</c>.</summary>
    /// <param name="start">The first value.</param>
    /// <param name="stop">The last value.</param>
    /// <param name="num">The number of values; 50 by default.</param>
    /// <param name="endpoint">Whether to include the end of the interval; true by default.</param>
    /// <param name="base">The base of the log scale; 10 by default.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <param name="axis">The axis; negative axes count from the end; 0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Logspace(
        TensorLike start, TensorLike stop, int num = 50, bool endpoint = true, double @base = 10, string? dtype = null, int axis = 0) =>
        Apply(
            "Logspace",
            new JsonObject { ["num"] = num, ["endpoint"] = endpoint, ["base"] = @base, ["dtype"] = dtype, ["axis"] = axis },
            tensors => [start.ToOperand(tensors), stop.ToOperand(tensors)]);

    /// <summary>Computes the matrix product. Keras: <c>ops.matmul</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Matmul(TensorLike x1, TensorLike x2) =>
        Apply("Matmul", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>
    /// Computes the matrix product of tensors, in a custom layer or loop. Unlike TorchSharp's <c>matmul</c>, which ends the process if the
    /// sizes do not match, it throws an exception.
    /// </summary>
    /// <param name="x1">The first tensor: a vector, a matrix, or a batch of matrices <c>[..., rows, inner]</c>.</param>
    /// <param name="x2">The second tensor: a vector, a matrix, or a batch of matrices <c>[..., inner, columns]</c>.</param>
    /// <exception cref="ArgumentException">The sizes, types or devices do not match.</exception>
    public static Tensor Matmul(Tensor x1, Tensor x2)
    {
        ArgumentNullException.ThrowIfNull(x1);
        ArgumentNullException.ThrowIfNull(x2);
        return x1.MatrixProduct(x2);
    }

    /// <summary>Computes the cumulative sum along an axis, treating NaN as 0. Keras: <c>ops.nancumsum</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative axes count from the end. The tensor is flattened by default.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Nancumsum(TensorLike x, int? axis = null, string? dtype = null) =>
        Apply("Nancumsum", new JsonObject { ["axis"] = axis, ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the cumulative product along an axis, treating NaN as 1. Keras: <c>ops.nancumprod</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative axes count from the end. The tensor is flattened by default.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Nancumprod(TensorLike x, int? axis = null, string? dtype = null) =>
        Apply("Nancumprod", new JsonObject { ["axis"] = axis, ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the number of axes. Keras: <c>ops.ndim</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Ndim(TensorLike x) =>
        Apply("Ndim", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns a tensor of ones with the shape of another. Keras: <c>ops.ones_like</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor OnesLike(TensorLike x, string? dtype = null) =>
        Apply("OnesLike", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns a tensor of zeros with the shape of another. Keras: <c>ops.zeros_like</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor ZerosLike(TensorLike x, string? dtype = null) =>
        Apply("ZerosLike", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the outer product of two vectors. Keras: <c>ops.outer</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Outer(TensorLike x1, TensorLike x2) =>
        Apply("Outer", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Converts flat indices to indices along each axis. Keras: <c>ops.unravel_index</c>.</summary>
    /// <param name="indices">The indices.</param>
    /// <param name="shape">The shape of the result.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> UnravelIndex(TensorLike indices, IReadOnlyList<int> shape) =>
        ApplyMany("UnravelIndex", new JsonObject { ["shape"] = List(shape) }, tensors => [indices.ToOperand(tensors)]);

    /// <summary>Finds the indices where values would be inserted into a sorted sequence. Keras: <c>ops.searchsorted</c>.</summary>
    /// <param name="sortedSequence">The sorted sequence.</param>
    /// <param name="values">The values to insert.</param>
    /// <param name="side">The insertion side of equal values, <c>left</c> (default) or <c>right</c>.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Searchsorted(TensorLike sortedSequence, TensorLike values, string side = "left") =>
        Apply(
            "SearchSorted",
            new JsonObject { ["side"] = side },
            tensors => [sortedSequence.ToOperand(tensors), values.ToOperand(tensors)]);

    /// <summary>Returns the number of elements. Keras: <c>ops.size</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Size(TensorLike x) =>
        Apply("Size", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Sorts a tensor along an axis, in ascending order. Keras: <c>ops.sort</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative axes count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Sort(TensorLike x, int axis = -1) =>
        Apply("Sort", new JsonObject { ["axis"] = axis }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Takes elements along an axis by index. Keras: <c>ops.take</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="indices">The indices.</param>
    /// <param name="axis">The axis; negative axes count from the end. The tensor is flattened by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Take(TensorLike x, TensorLike indices, int? axis = null) =>
        Apply("Take", new JsonObject { ["axis"] = axis }, tensors => [x.ToOperand(tensors), indices.ToOperand(tensors)]);

    /// <summary>Takes elements along an axis by matching indices. Keras: <c>ops.take_along_axis</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="indices">The indices.</param>
    /// <param name="axis">The axis; negative axes count from the end. The tensor is flattened by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor TakeAlongAxis(TensorLike x, TensorLike indices, int? axis = null) =>
        Apply("TakeAlongAxis", new JsonObject { ["axis"] = axis }, tensors => [x.ToOperand(tensors), indices.ToOperand(tensors)]);

    /// <summary>Computes the dot product of two flattened tensors. Keras: <c>ops.vdot</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Vdot(TensorLike x1, TensorLike x2) =>
        Apply("Vdot", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Computes the inner product over the last axes. Keras: <c>ops.inner</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Inner(TensorLike x1, TensorLike x2) =>
        Apply("Inner", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Integrates along an axis with the trapezoidal rule. Keras: <c>ops.trapezoid</c>.</summary>
    /// <param name="y">The second tensor.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="dx">The spacing between samples; 1.0 by default.</param>
    /// <param name="axis">The axis; negative axes count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Trapezoid(TensorLike y, TensorLike? x = null, double dx = 1.0, int axis = -1) =>
        Apply("Trapezoid", new JsonObject { ["dx"] = dx, ["axis"] = axis }, tensors => [y.ToOperand(tensors)]);

    /// <summary>Computes the Pearson correlation coefficients of the rows of a matrix. Keras: <c>ops.corrcoef</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Corrcoef(TensorLike x) =>
        Apply("Corrcoef", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the cross-correlation of two vectors. Keras: <c>ops.correlate</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <param name="mode"><c>valid</c> (default), <c>same</c> or <c>full</c>.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Correlate(TensorLike x1, TensorLike x2, string mode = "valid") =>
        Apply("Correlate", new JsonObject { ["mode"] = mode }, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Computes the signs of determinants and the logarithms of their absolute values. Keras: <c>ops.slogdet</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> Slogdet(TensorLike x) =>
        ApplyMany("Slogdet", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>
    /// Returns the indices that would partition a tensor along an axis: the smallest values first, then the others. Keras:
    /// <c>ops.argpartition</c>.
    /// </summary>
    /// <param name="x">The tensor.</param>
    /// <param name="kth">The index to partition by.</param>
    /// <param name="axis">The axis; negative axes count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Argpartition(TensorLike x, int kth, int axis = -1) =>
        Apply("Argpartition", new JsonObject { ["kth"] = kth, ["axis"] = axis }, tensors => [x.ToOperand(tensors)]);
}
