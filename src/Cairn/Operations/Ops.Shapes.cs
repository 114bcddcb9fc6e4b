using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

public static partial class Ops
{
    /// <summary>Rotates a tensor by 90 degrees in the plane of two axes. Keras: <c>ops.rot90</c>.</summary>
    /// <param name="array">The tensor.</param>
    /// <param name="k">The number of rotations; 1 by default.</param>
    /// <param name="axes">The two axes of the plane; (0, 1) by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Rot90(TensorLike array, int k = 1, Axes? axes = null) =>
        Apply(
            "Rot90",
            new JsonObject { ["k"] = k, ["axes"] = axes?.ToJson() ?? JsonNode.Parse("[0, 1]") },
            tensors => [array.ToOperand(tensors)]);

    /// <summary>Appends one tensor to another along an axis, or both flattened. Keras: <c>ops.append</c>.</summary>
    /// <param name="x1">The first tensor.</param>
    /// <param name="x2">The second tensor.</param>
    /// <param name="axis">The axis; negative axes count from the end. The tensor is flattened by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Append(TensorLike x1, TensorLike x2, int? axis = null) =>
        Apply("Append", new JsonObject { ["axis"] = axis }, tensors => [x1.ToOperand(tensors), x2.ToOperand(tensors)]);

    /// <summary>Broadcasts a tensor to a shape. Keras: <c>ops.broadcast_to</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="shape">The shape of the result.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor BroadcastTo(TensorLike x, IReadOnlyList<int> shape) =>
        Apply("BroadcastTo", new JsonObject { ["shape"] = List(shape) }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Concatenates tensors along an axis. Keras: <c>ops.concatenate</c>.</summary>
    /// <param name="xs">The tensors.</param>
    /// <param name="axis">The axis; negative axes count from the end; 0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Concatenate(IReadOnlyList<TensorLike> xs, int axis = 0) =>
        Apply("Concatenate", new JsonObject { ["axis"] = axis }, tensors => [Group(xs, tensors)]);

    /// <summary>Extracts the diagonal of a matrix, or constructs a diagonal matrix. Keras: <c>ops.diag</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="k">The offset of the diagonal; 0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Diag(TensorLike x, int k = 0) =>
        Apply("Diag", new JsonObject { ["k"] = k }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Constructs a matrix with the flattened values on its diagonal. Keras: <c>ops.diagflat</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="k">The offset of the diagonal; 0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Diagflat(TensorLike x, int k = 0) =>
        Apply("Diagflat", new JsonObject { ["k"] = k }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the diagonals in the plane of two axes. Keras: <c>ops.diagonal</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="offset">The offset of the diagonal; 0 by default.</param>
    /// <param name="axis1">The first axis; 0 by default.</param>
    /// <param name="axis2">The second axis; 1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Diagonal(TensorLike x, int offset = 0, int axis1 = 0, int axis2 = 1) =>
        Apply("Diagonal", new JsonObject { ["offset"] = offset, ["axis1"] = axis1, ["axis2"] = axis2 }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Stacks tensors along the third axis. Keras: <c>ops.dstack</c>.</summary>
    /// <param name="xs">The tensors.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Dstack(IReadOnlyList<TensorLike> xs) =>
        Apply("Dstack", null, tensors => [Group(xs, tensors)]);

    /// <summary>Inserts new axes of size 1. Keras: <c>ops.expand_dims</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor ExpandDims(TensorLike x, Axes axis) =>
        Apply("ExpandDims", new JsonObject { ["axis"] = axis.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Reverses the order of elements along the axes. Keras: <c>ops.flip</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Flip(TensorLike x, Axes? axis = null) =>
        Apply("Flip", new JsonObject { ["axis"] = axis?.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Reverses the order of elements along the second axis. Keras: <c>ops.fliplr</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Fliplr(TensorLike x) =>
        Apply("Fliplr", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Reverses the order of elements along the first axis. Keras: <c>ops.flipud</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Flipud(TensorLike x) =>
        Apply("Flipud", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Stacks tensors along the second axis, or vectors along the first. Keras: <c>ops.hstack</c>.</summary>
    /// <param name="xs">The tensors.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Hstack(IReadOnlyList<TensorLike> xs) =>
        Apply("Hstack", null, tensors => [Group(xs, tensors)]);

    /// <summary>Splits a tensor along the second axis. Keras: <c>ops.hsplit</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="indicesOrSections">The number of parts, or the indices to split at.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> Hsplit(TensorLike x, Axes indicesOrSections) =>
        ApplyMany("Hsplit", new JsonObject { ["indices_or_sections"] = indicesOrSections.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Moves axes to new positions. Keras: <c>ops.moveaxis</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="source">The axes to move.</param>
    /// <param name="destination">Their new positions.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Moveaxis(TensorLike x, Axes source, Axes destination) =>
        Apply(
            "Moveaxis",
            new JsonObject { ["source"] = source.ToJson(), ["destination"] = destination.ToJson() },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Flattens a tensor. Keras: <c>ops.ravel</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Ravel(TensorLike x) =>
        Apply("Ravel", null, tensors => [x.ToOperand(tensors)]);

    /// <summary>Repeats each element along an axis, or of the flattened tensor. Keras: <c>ops.repeat</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="repeats">The number of repetitions, one number or one per axis.</param>
    /// <param name="axis">The axis; negative axes count from the end. The tensor is flattened by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Repeat(TensorLike x, Axes repeats, int? axis = null) =>
        Apply("Repeat", new JsonObject { ["repeats"] = repeats.ToJson(), ["axis"] = axis }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Reshapes a tensor. Keras: <c>ops.reshape</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="newshape">The new shape; one size may be -1, which is inferred.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Reshape(TensorLike x, IReadOnlyList<int> newshape) =>
        Apply("Reshape", new JsonObject { ["newshape"] = List(newshape) }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Rolls elements along the axes; elements beyond the end reappear at the start. Keras: <c>ops.roll</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="shift">The shift, one number or one per axis.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Roll(TensorLike x, Axes shift, Axes? axis = null) =>
        Apply("Roll", new JsonObject { ["shift"] = shift.ToJson(), ["axis"] = axis?.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Splits a tensor into equal parts, or at the given indices. Keras: <c>ops.split</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="indicesOrSections">The number of parts, or the indices to split at.</param>
    /// <param name="axis">The axis; negative axes count from the end; 0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> Split(TensorLike x, Axes indicesOrSections, int axis = 0) =>
        ApplyMany(
            "Split",
            new JsonObject { ["indices_or_sections"] = indicesOrSections.ToJson(), ["axis"] = axis },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Stacks tensors along a new axis. Keras: <c>ops.stack</c>.</summary>
    /// <param name="x">The tensors.</param>
    /// <param name="axis">The axis; negative axes count from the end; 0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Stack(IReadOnlyList<TensorLike> x, int axis = 0) =>
        Apply("Stack", new JsonObject { ["axis"] = axis }, tensors => [Group(x, tensors)]);

    /// <summary>Swaps two axes. Keras: <c>ops.swapaxes</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis1">The first axis.</param>
    /// <param name="axis2">The second axis.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Swapaxes(TensorLike x, int axis1, int axis2) =>
        Apply("Swapaxes", new JsonObject { ["axis1"] = axis1, ["axis2"] = axis2 }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Repeats a tensor along each axis. Keras: <c>ops.tile</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="repeats">The number of repetitions, one number or one per axis.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Tile(TensorLike x, Axes repeats) =>
        Apply("Tile", new JsonObject { ["repeats"] = repeats.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the sums of the diagonals in the plane of two axes. Keras: <c>ops.trace</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="offset">The offset of the diagonal; 0 by default.</param>
    /// <param name="axis1">The first axis; 0 by default.</param>
    /// <param name="axis2">The second axis; 1 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Trace(TensorLike x, int offset = 0, int axis1 = 0, int axis2 = 1) =>
        Apply("Trace", new JsonObject { ["offset"] = offset, ["axis1"] = axis1, ["axis2"] = axis2 }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the lower triangles of matrices, with zeros above. Keras: <c>ops.tril</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="k">The offset of the diagonal; 0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Tril(TensorLike x, int k = 0) =>
        Apply("Tril", new JsonObject { ["k"] = k }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the upper triangles of matrices, with zeros below. Keras: <c>ops.triu</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="k">The offset of the diagonal; 0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Triu(TensorLike x, int k = 0) =>
        Apply("Triu", new JsonObject { ["k"] = k }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Stacks tensors along the first axis. Keras: <c>ops.vstack</c>.</summary>
    /// <param name="xs">The tensors.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Vstack(IReadOnlyList<TensorLike> xs) =>
        Apply("Vstack", null, tensors => [Group(xs, tensors)]);

    /// <summary>Splits a tensor along the first axis. Keras: <c>ops.vsplit</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="indicesOrSections">The number of parts, or the indices to split at.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> Vsplit(TensorLike x, Axes indicesOrSections) =>
        ApplyMany("Vsplit", new JsonObject { ["indices_or_sections"] = indicesOrSections.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Removes axes of size 1. Keras: <c>ops.squeeze</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Squeeze(TensorLike x, Axes? axis = null) =>
        Apply("Squeeze", new JsonObject { ["axis"] = axis?.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Permutes the axes; reverses them by default. Keras: <c>ops.transpose</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The order of the axes; reversed by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Transpose(TensorLike x, Axes? axes = null) =>
        Apply("Transpose", new JsonObject { ["axes"] = axes?.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the Vandermonde matrix of a vector. Keras: <c>ops.vander</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="n">The number of columns; optional.</param>
    /// <param name="increasing">Whether the powers increase from left to right; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Vander(TensorLike x, int? n = null, bool increasing = false) =>
        Apply("Vander", new JsonObject { ["N"] = n, ["increasing"] = increasing }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Splits a tensor into nearly equal parts, or at the given indices. Keras: <c>ops.array_split</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="indicesOrSections">The number of parts, or the indices to split at.</param>
    /// <param name="axis">The axis; negative axes count from the end; 0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> ArraySplit(TensorLike x, Axes indicesOrSections, int axis = 0) =>
        ApplyMany(
            "ArraySplit",
            new JsonObject { ["indices_or_sections"] = indicesOrSections.ToJson(), ["axis"] = axis },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Splits a tensor along the third axis. Keras: <c>ops.dsplit</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="indicesOrSections">The number of parts, or the indices to split at.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> Dsplit(TensorLike x, Axes indicesOrSections) =>
        ApplyMany("Dsplit", new JsonObject { ["indices_or_sections"] = indicesOrSections.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Stacks vectors as the columns of a matrix. Keras: <c>ops.column_stack</c>.</summary>
    /// <param name="xs">The tensors.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor ColumnStack(IReadOnlyList<TensorLike> xs) =>
        Apply("ColumnStack", null, tensors => [Group(xs, tensors)]);
}
