using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

public static partial class Ops
{
    /// <summary>Returns a tensor with a slice replaced. Keras: <c>ops.slice_update</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="startIndices">The start index of the slice along each axis.</param>
    /// <param name="updates">The new values.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor SliceUpdate(TensorLike inputs, IReadOnlyList<int> startIndices, TensorLike updates) =>
        Apply("SliceUpdate", null, tensors => [inputs.ToOperand(tensors), Numbers(startIndices), updates.ToOperand(tensors)]);

    /// <summary>Returns the tensor unchanged and stops the gradient. Keras: <c>ops.stop_gradient</c>.</summary>
    /// <param name="variable">The tensor.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor StopGradient(TensorLike variable) =>
        Apply("StopGradient", null, tensors => [variable.ToOperand(tensors)]);

    /// <summary>Unpacks a tensor along an axis into a list of tensors. Keras: <c>ops.unstack</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="num">The size of the axis; optional.</param>
    /// <param name="axis">The axis; negative axes count from the end; 0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static IReadOnlyList<KerasTensor> Unstack(TensorLike x, int? num = null, int axis = 0) =>
        ApplyMany("Unstack", new JsonObject { ["num"] = num, ["axis"] = axis }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Casts a tensor to another type. Keras: <c>ops.cast</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Cast(TensorLike x, string dtype) =>
        Apply("Cast", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Casts a tensor to another type, clipping values to its range. Keras: <c>ops.saturate_cast</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor SaturateCast(TensorLike x, string dtype) =>
        Apply("SaturateCast", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the tensor, cast to a type if one is given. Keras: <c>ops.convert_to_tensor</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor ConvertToTensor(TensorLike x, string? dtype = null) =>
        Apply("ConvertToTensor", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);
}
