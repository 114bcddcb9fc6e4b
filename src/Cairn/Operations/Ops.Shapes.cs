using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

public static partial class Ops
{
    /// <summary>The tensor turned by right angles in the plane of two axes. Keras: <c>ops.rot90</c>.</summary>
    /// <param name="array">The tensor.</param>
    /// <param name="k">See Keras; 1 by default.</param>
    /// <param name="axes">One number, or one for each axis; (0, 1) by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Rot90(TensorLike array, int k = 1, Axes? axes = null) =>
        Apply(
            "Rot90",
            new JsonObject { ["k"] = k, ["axes"] = axes?.ToJson() ?? JsonNode.Parse("[0, 1]") },
            tensors => [array.ToOperand(tensors)]);

    /// <summary>The two tensors joined along an axis, or flat. Keras: <c>ops.append</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Append(TensorLike x1, TensorLike x2, int? axis = null) =>
        Apply("Append", new JsonObject { ["axis"] = axis }, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>The numbers repeated to a larger shape. Keras: <c>ops.broadcast_to</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="shape">The shape of the result.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor BroadcastTo(TensorLike x, IReadOnlyList<int> shape) =>
        Apply("BroadcastTo", new JsonObject { ["shape"] = List(shape) }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The tensors joined along an axis. Keras: <c>ops.concatenate</c>.</summary>
    /// <param name="xs">The tensors.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; 0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Concatenate(IReadOnlyList<TensorLike> xs, int axis = 0) =>
        Apply("Concatenate", new JsonObject { ["axis"] = axis }, tensors => [Group(xs, tensors)]);

    /// <summary>The diagonal of a matrix, or the matrix of a diagonal. Keras: <c>ops.diag</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="k">See Keras; 0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Diag(TensorLike x, int k = 0) =>
        Apply("Diag", new JsonObject { ["k"] = k }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The matrix with the flat numbers as its diagonal. Keras: <c>ops.diagflat</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="k">See Keras; 0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Diagflat(TensorLike x, int k = 0) =>
        Apply("Diagflat", new JsonObject { ["k"] = k }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The diagonals of the planes of two axes. Keras: <c>ops.diagonal</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="offset">See Keras; 0 by default.</param>
    /// <param name="axis1">See Keras; 0 by default.</param>
    /// <param name="axis2">See Keras; 1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Diagonal(TensorLike x, int offset = 0, int axis1 = 0, int axis2 = 1) =>
        Apply("Diagonal", new JsonObject { ["offset"] = offset, ["axis1"] = axis1, ["axis2"] = axis2 }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The tensors joined along the third axis. Keras: <c>ops.dstack</c>.</summary>
    /// <param name="xs">The tensors.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Dstack(IReadOnlyList<TensorLike> xs) =>
        Apply("Dstack", null, tensors => [Group(xs, tensors)]);

    /// <summary>The same numbers with new axes of size 1. Keras: <c>ops.expand_dims</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor ExpandDims(TensorLike x, Axes axis) =>
        Apply("ExpandDims", new JsonObject { ["axis"] = axis.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers in the other order along the axes. Keras: <c>ops.flip</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. All of them by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Flip(TensorLike x, Axes? axis = null) =>
        Apply("Flip", new JsonObject { ["axis"] = axis?.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers in the other order along the second axis. Keras: <c>ops.fliplr</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Fliplr(TensorLike x) =>
        Apply("Fliplr", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers in the other order along the first axis. Keras: <c>ops.flipud</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Flipud(TensorLike x) =>
        Apply("Flipud", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>The tensors joined along the second axis, or the first of vectors. Keras: <c>ops.hstack</c>.</summary>
    /// <param name="xs">The tensors.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Hstack(IReadOnlyList<TensorLike> xs) =>
        Apply("Hstack", null, tensors => [Group(xs, tensors)]);

    /// <summary>Parts along the second axis. Keras: <c>ops.hsplit</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="indicesOrSections">One number, or one for each axis.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> Hsplit(TensorLike x, Axes indicesOrSections) =>
        ApplyMany("Hsplit", new JsonObject { ["indices_or_sections"] = indicesOrSections.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The same numbers with axes at other places. Keras: <c>ops.moveaxis</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="source">One number, or one for each axis.</param>
    /// <param name="destination">One number, or one for each axis.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Moveaxis(TensorLike x, Axes source, Axes destination) =>
        Apply(
            "Moveaxis",
            new JsonObject { ["source"] = source.ToJson(), ["destination"] = destination.ToJson() },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>The same numbers along one axis. Keras: <c>ops.ravel</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Ravel(TensorLike x) =>
        Apply("Ravel", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Each number repeated along an axis, or of the flat tensor. Keras: <c>ops.repeat</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="repeats">One number, or one for each axis.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Repeat(TensorLike x, Axes repeats, int? axis = null) =>
        Apply("Repeat", new JsonObject { ["repeats"] = repeats.ToJson(), ["axis"] = axis }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The same numbers in another shape. Keras: <c>ops.reshape</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="newshape">The sizes of the axes; one may be -1, for what is left.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Reshape(TensorLike x, IReadOnlyList<int> newshape) =>
        Apply("Reshape", new JsonObject { ["newshape"] = List(newshape) }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers moved along the axes, from the end to the beginning. Keras: <c>ops.roll</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="shift">One number, or one for each axis.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. All of them by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Roll(TensorLike x, Axes shift, Axes? axis = null) =>
        Apply("Roll", new JsonObject { ["shift"] = shift.ToJson(), ["axis"] = axis?.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Parts of equal size, or those that end at the given places. Keras: <c>ops.split</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="indicesOrSections">One number, or one for each axis.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; 0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> Split(TensorLike x, Axes indicesOrSections, int axis = 0) =>
        ApplyMany(
            "Split",
            new JsonObject { ["indices_or_sections"] = indicesOrSections.ToJson(), ["axis"] = axis },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>The tensors joined along a new axis. Keras: <c>ops.stack</c>.</summary>
    /// <param name="x">The tensors.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; 0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Stack(IReadOnlyList<TensorLike> x, int axis = 0) =>
        Apply("Stack", new JsonObject { ["axis"] = axis }, tensors => [Group(x, tensors)]);

    /// <summary>The same numbers with two axes exchanged. Keras: <c>ops.swapaxes</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis1">See Keras.</param>
    /// <param name="axis2">See Keras.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Swapaxes(TensorLike x, int axis1, int axis2) =>
        Apply("Swapaxes", new JsonObject { ["axis1"] = axis1, ["axis2"] = axis2 }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The whole tensor repeated along each axis. Keras: <c>ops.tile</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="repeats">One number, or one for each axis.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Tile(TensorLike x, Axes repeats) =>
        Apply("Tile", new JsonObject { ["repeats"] = repeats.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The sums of the diagonals of the planes of two axes. Keras: <c>ops.trace</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="offset">See Keras; 0 by default.</param>
    /// <param name="axis1">See Keras; 0 by default.</param>
    /// <param name="axis2">See Keras; 1 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Trace(TensorLike x, int offset = 0, int axis1 = 0, int axis2 = 1) =>
        Apply("Trace", new JsonObject { ["offset"] = offset, ["axis1"] = axis1, ["axis2"] = axis2 }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The lower triangles of matrices; 0 above. Keras: <c>ops.tril</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="k">See Keras; 0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Tril(TensorLike x, int k = 0) =>
        Apply("Tril", new JsonObject { ["k"] = k }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The upper triangles of matrices; 0 below. Keras: <c>ops.triu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="k">See Keras; 0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Triu(TensorLike x, int k = 0) =>
        Apply("Triu", new JsonObject { ["k"] = k }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The tensors joined along the first axis. Keras: <c>ops.vstack</c>.</summary>
    /// <param name="xs">The tensors.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Vstack(IReadOnlyList<TensorLike> xs) =>
        Apply("Vstack", null, tensors => [Group(xs, tensors)]);

    /// <summary>Parts along the first axis. Keras: <c>ops.vsplit</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="indicesOrSections">One number, or one for each axis.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> Vsplit(TensorLike x, Axes indicesOrSections) =>
        ApplyMany("Vsplit", new JsonObject { ["indices_or_sections"] = indicesOrSections.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The same numbers without axes of size 1. Keras: <c>ops.squeeze</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end. All of them by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Squeeze(TensorLike x, Axes? axis = null) =>
        Apply("Squeeze", new JsonObject { ["axis"] = axis?.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The same numbers with the axes in another order; turned around by default. Keras: <c>ops.transpose</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axis, or the axes; negative ones count from the end.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Transpose(TensorLike x, Axes? axes = null) =>
        Apply("Transpose", new JsonObject { ["axes"] = axes?.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The matrix of the powers of a vector. Keras: <c>ops.vander</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="n">See Keras. Keras' own choice by default.</param>
    /// <param name="increasing">See Keras; false by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Vander(TensorLike x, int? n = null, bool increasing = false) =>
        Apply("Vander", new JsonObject { ["N"] = n, ["increasing"] = increasing }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Parts of nearly equal size, or those that end at the given places. Keras: <c>ops.array_split</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="indicesOrSections">One number, or one for each axis.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; 0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> ArraySplit(TensorLike x, Axes indicesOrSections, int axis = 0) =>
        ApplyMany(
            "ArraySplit",
            new JsonObject { ["indices_or_sections"] = indicesOrSections.ToJson(), ["axis"] = axis },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Parts along the third axis. Keras: <c>ops.dsplit</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="indicesOrSections">One number, or one for each axis.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> Dsplit(TensorLike x, Axes indicesOrSections) =>
        ApplyMany("Dsplit", new JsonObject { ["indices_or_sections"] = indicesOrSections.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Vectors joined as the columns of a matrix. Keras: <c>ops.column_stack</c>.</summary>
    /// <param name="xs">The tensors.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor ColumnStack(IReadOnlyList<TensorLike> xs) =>
        Apply("ColumnStack", null, tensors => [Group(xs, tensors)]);
}
