using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

public static partial class Ops
{
    /// <summary>The places of the numbers in rising order along an axis. Keras: <c>ops.argsort</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Argsort(TensorLike x, int axis = -1) =>
        Apply("Argsort", new JsonObject { ["axis"] = axis }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The cross products of vectors. Keras: <c>ops.cross</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <param name="axisa">See Keras; -1 by default.</param>
    /// <param name="axisb">See Keras; -1 by default.</param>
    /// <param name="axisc">See Keras; -1 by default.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Cross(TensorLike x1, TensorLike x2, int axisa = -1, int axisb = -1, int axisc = -1, int? axis = null) =>
        Apply(
            "Cross",
            new JsonObject { ["axisa"] = axisa, ["axisb"] = axisb, ["axisc"] = axisc, ["axis"] = axis },
            tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>The running products along an axis. Keras: <c>ops.cumprod</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. Keras' own choice by default.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Cumprod(TensorLike x, int? axis = null, string? dtype = null) =>
        Apply("Cumprod", new JsonObject { ["axis"] = axis, ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The running sums along an axis. Keras: <c>ops.cumsum</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. Keras' own choice by default.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Cumsum(TensorLike x, int? axis = null, string? dtype = null) =>
        Apply("Cumsum", new JsonObject { ["axis"] = axis, ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The differences between neighbours along an axis. Keras: <c>ops.diff</c>.</summary>
    /// <param name="a">The tensor.</param>
    /// <param name="n">See Keras; 1 by default.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Diff(TensorLike a, int n = 1, int axis = -1) =>
        Apply("Diff", new JsonObject { ["n"] = n, ["axis"] = axis }, tensors => [a.ToOperand(tensors)]);

    /// <summary>Which of the classes between the bounds each number belongs to. Keras: <c>ops.digitize</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="bins">The bounds, in rising order.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Digitize(TensorLike x, TensorLike bins) =>
        Apply("Digitize", null, tensors => [x.ToOperand(tensors), bins.ToOperand(tensors)]);

    /// <summary>The product of two tensors over the last axis of the first and the last but one of the second. Keras: <c>ops.dot</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Dot(TensorLike x1, TensorLike x2) =>
        Apply("Dot", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>A tensor in the shape of another, of zeros here. Keras: <c>ops.empty_like</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor EmptyLike(TensorLike x, string? dtype = null) =>
        Apply("EmptyLike", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>One number of the graph in a shape. Keras: <c>ops.full</c>.</summary>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="fillValue">The number.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Full(IReadOnlyList<int> shape, TensorLike fillValue, string? dtype = null) =>
        Apply("Full", new JsonObject { ["shape"] = List(shape), ["dtype"] = dtype }, tensors => [fillValue.ToOperand(tensors)]);

    /// <summary>One number in the shape of a tensor. Keras: <c>ops.full_like</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="fillValue">The number.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor FullLike(TensorLike x, TensorLike fillValue, string? dtype = null) =>
        Apply("FullLike", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors), fillValue.ToOperand(tensors)]);

    /// <summary>Numbers from one to another, with even ratios. Keras: <c>ops.geomspace</c>.</summary>
    /// <param name="start">The first number.</param>
    /// <param name="stop">The last number.</param>
    /// <param name="num">See Keras; 50 by default.</param>
    /// <param name="endpoint">See Keras; true by default.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; 0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Geomspace(
        TensorLike start, TensorLike stop, int num = 50, bool endpoint = true, string? dtype = null, int axis = 0) =>
        Apply(
            "Geomspace",
            new JsonObject { ["num"] = num, ["endpoint"] = endpoint, ["dtype"] = dtype, ["axis"] = axis },
            tensors => [start.ToOperand(tensors), stop.ToOperand(tensors)]);

    /// <summary>The Kronecker product. Keras: <c>ops.kron</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Kron(TensorLike x1, TensorLike x2) =>
        Apply("Kron", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Evenly spaced numbers from one to another. Keras: <c>ops.linspace</c>.</summary>
    /// <param name="start">The first number.</param>
    /// <param name="stop">The last number.</param>
    /// <param name="num">See Keras; 50 by default.</param>
    /// <param name="endpoint">See Keras; true by default.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; 0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Linspace(
        TensorLike start, TensorLike stop, int num = 50, bool endpoint = true, string? dtype = null, int axis = 0) =>
        Apply(
            "Linspace",
            new JsonObject { ["num"] = num, ["endpoint"] = endpoint, ["dtype"] = dtype, ["axis"] = axis },
            tensors => [start.ToOperand(tensors), stop.ToOperand(tensors)]);

    /// <summary>Numbers from one power to another, with even ratios. Keras: <c>ops.logspace</c>.</summary>
    /// <param name="start">The first number.</param>
    /// <param name="stop">The last number.</param>
    /// <param name="num">See Keras; 50 by default.</param>
    /// <param name="endpoint">See Keras; true by default.</param>
    /// <param name="base">See Keras; 10 by default.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; 0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Logspace(
        TensorLike start, TensorLike stop, int num = 50, bool endpoint = true, double @base = 10, string? dtype = null, int axis = 0) =>
        Apply(
            "Logspace",
            new JsonObject { ["num"] = num, ["endpoint"] = endpoint, ["base"] = @base, ["dtype"] = dtype, ["axis"] = axis },
            tensors => [start.ToOperand(tensors), stop.ToOperand(tensors)]);

    /// <summary>The products of matrices. Keras: <c>ops.matmul</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Matmul(TensorLike x1, TensorLike x2) =>
        Apply("Matmul", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>The running sums along an axis, without what is not a number. Keras: <c>ops.nancumsum</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. Keras' own choice by default.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Nancumsum(TensorLike x, int? axis = null, string? dtype = null) =>
        Apply("Nancumsum", new JsonObject { ["axis"] = axis, ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The running products along an axis, without what is not a number. Keras: <c>ops.nancumprod</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. Keras' own choice by default.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Nancumprod(TensorLike x, int? axis = null, string? dtype = null) =>
        Apply("Nancumprod", new JsonObject { ["axis"] = axis, ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The number of axes. Keras: <c>ops.ndim</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Ndim(TensorLike x) =>
        Apply("Ndim", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Ones in the shape of a tensor. Keras: <c>ops.ones_like</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor OnesLike(TensorLike x, string? dtype = null) =>
        Apply("OnesLike", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Zeros in the shape of a tensor. Keras: <c>ops.zeros_like</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor ZerosLike(TensorLike x, string? dtype = null) =>
        Apply("ZerosLike", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The products of each number of one vector with each of another. Keras: <c>ops.outer</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Outer(TensorLike x1, TensorLike x2) =>
        Apply("Outer", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>The places along each axis of places in the flat tensor. Keras: <c>ops.unravel_index</c>.</summary>
    /// <param name="indices">The places.</param>
    /// <param name="shape">The shape of the result.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> UnravelIndex(TensorLike indices, IReadOnlyList<int> shape) =>
        ApplyMany("UnravelIndex", new JsonObject { ["shape"] = List(shape) }, tensors => [indices.ToOperand(tensors)]);

    /// <summary>Where numbers would stand in a sorted sequence. Keras: <c>ops.searchsorted</c>.</summary>
    /// <param name="sortedSequence">The sorted numbers.</param>
    /// <param name="values">The numbers.</param>
    /// <param name="side">See Keras; <c>left</c> by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Searchsorted(TensorLike sortedSequence, TensorLike values, string side = "left") =>
        Apply(
            "SearchSorted",
            new JsonObject { ["side"] = side },
            tensors => [sortedSequence.ToOperand(tensors), values.ToOperand(tensors)]);

    /// <summary>The number of numbers. Keras: <c>ops.size</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Size(TensorLike x) =>
        Apply("Size", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers in rising order along an axis. Keras: <c>ops.sort</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Sort(TensorLike x, int axis = -1) =>
        Apply("Sort", new JsonObject { ["axis"] = axis }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The parts of an axis at some places. Keras: <c>ops.take</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="indices">The places.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Take(TensorLike x, TensorLike indices, int? axis = null) =>
        Apply("Take", new JsonObject { ["axis"] = axis }, tensors => [x.ToOperand(tensors), indices.ToOperand(tensors)]);

    /// <summary>The numbers at places of their own along an axis. Keras: <c>ops.take_along_axis</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="indices">The places.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor TakeAlongAxis(TensorLike x, TensorLike indices, int? axis = null) =>
        Apply("TakeAlongAxis", new JsonObject { ["axis"] = axis }, tensors => [x.ToOperand(tensors), indices.ToOperand(tensors)]);

    /// <summary>The sum of the products of two flat tensors. Keras: <c>ops.vdot</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Vdot(TensorLike x1, TensorLike x2) =>
        Apply("Vdot", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>The products over the last axes. Keras: <c>ops.inner</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Inner(TensorLike x1, TensorLike x2) =>
        Apply("Inner", null, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>The integrals along an axis, by trapezoids. Keras: <c>ops.trapezoid</c>.</summary>
    /// <param name="y">The second tensor.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="dx">See Keras; 1.0 by default.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Trapezoid(TensorLike y, TensorLike? x = null, double dx = 1.0, int axis = -1) =>
        Apply("Trapezoid", new JsonObject { ["dx"] = dx, ["axis"] = axis }, tensors => [y.ToOperand(tensors)]);

    /// <summary>The correlation coefficients of the rows of a matrix. Keras: <c>ops.corrcoef</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Corrcoef(TensorLike x) =>
        Apply("Corrcoef", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The cross-correlation of two vectors. Keras: <c>ops.correlate</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <param name="mode">See Keras; <c>valid</c> by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Correlate(TensorLike x1, TensorLike x2, string mode = "valid") =>
        Apply("Correlate", new JsonObject { ["mode"] = mode }, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>The signs of the determinants and the logarithms of their absolute values. Keras: <c>ops.slogdet</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> Slogdet(TensorLike x) =>
        ApplyMany("Slogdet", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The places of the smallest numbers first, then those of the others. Keras: <c>ops.argpartition</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="kth">See Keras.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; -1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Argpartition(TensorLike x, int kth, int axis = -1) =>
        Apply("Argpartition", new JsonObject { ["kth"] = kth, ["axis"] = axis }, tensors => [x.ToOperand(tensors)]);
}
