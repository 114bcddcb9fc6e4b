using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

public static partial class Ops
{
    /// <summary>The tensor with a block replaced. Keras: <c>ops.slice_update</c>.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="startIndices">Where the block begins along each axis.</param>
    /// <param name="updates">The new numbers.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor SliceUpdate(TensorLike inputs, IReadOnlyList<int> startIndices, TensorLike updates) =>
        Apply("SliceUpdate", null, tensors => [inputs.ToOperand(tensors), Numbers(startIndices), updates.ToOperand(tensors)]);

    /// <summary>The same numbers, through which no gradient flows back. Keras: <c>ops.stop_gradient</c>.</summary>
    /// <param name="variable">The tensor.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor StopGradient(TensorLike variable) =>
        Apply("StopGradient", null, tensors => [variable.ToOperand(tensors)]);

    /// <summary>The parts along an axis, without it. Keras: <c>ops.unstack</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="num">See Keras. Keras' own choice by default.</param>
    /// <param name="axis">The axis, or the axes; negative ones count from the end; 0 by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static IReadOnlyList<KerasTensor> Unstack(TensorLike x, int? num = null, int axis = 0) =>
        ApplyMany("Unstack", new JsonObject { ["num"] = num, ["axis"] = axis }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers in another type. Keras: <c>ops.cast</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor Cast(TensorLike x, string dtype) =>
        Apply("Cast", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers in another type, those that do not fit replaced by the nearest that does. Keras: <c>ops.saturate_cast</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor SaturateCast(TensorLike x, string dtype) =>
        Apply("SaturateCast", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);

    /// <summary>The numbers, in another type where one is given. Keras: <c>ops.convert_to_tensor</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">Keras' name of the type of the result, such as <c>int32</c>. Keras' own choice by default.</param>
    /// <exception cref="ArgumentException">The operation can't take these.</exception>
    public static KerasTensor ConvertToTensor(TensorLike x, string? dtype = null) =>
        Apply("ConvertToTensor", new JsonObject { ["dtype"] = dtype }, tensors => [x.ToOperand(tensors)]);
}
