using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>How a model wants its batches: the names of its inputs and outputs, the types of their numbers, and the device.</summary>
/// <param name="InputNames">The model's names for its inputs.</param>
/// <param name="OutputNames">The model's names for its outputs.</param>
/// <param name="InputTypes">Element types of the inputs, in that order.</param>
/// <param name="TargetTypes">Element types of the targets, in the order of the outputs.</param>
/// <param name="Device">Where the model computes.</param>
/// <param name="InputShapes">The shapes that the model says its inputs have; null where it takes what comes.</param>
/// <param name="MustBeFinite">Whether NaN and infinite numbers are refused.</param>
internal sealed record BatchLayout(
    IReadOnlyList<string> InputNames, IReadOnlyList<string> OutputNames, IReadOnlyList<ScalarType> InputTypes,
    IReadOnlyList<ScalarType> TargetTypes, Device Device,
    IReadOnlyList<Shape>? InputShapes = null, bool MustBeFinite = false)
{
    public ScalarType InputType(int index) => index < InputTypes.Count ? InputTypes[index] : ScalarType.Float32;

    /// <summary>An input of whole numbers or strings, with the last axis of size 1 that the model expects and Keras' users leave out.</summary>
    public Tensor InModelsRank(Tensor numbers, int index) =>
        InputType(index) == ScalarType.Int64 && InputShapes is { } shapes && index < shapes.Count
        && shapes[index].Rank == numbers.dim() + 1 && shapes[index][^1] == 1 ? numbers.unsqueeze(-1) : numbers;

    /// <summary>Refuses strings where the model takes numbers.</summary>
    public void CheckText(bool isText, int index, string argument)
    {
        if (isText && InputType(index) != ScalarType.Int64)
        {
            throw new ArgumentException(
                $"{argument} holds strings; the model takes numbers there. Strings are for a layer such as TextVectorization behind an "
                    + $"Input(dtype: \"string\").", argument);
        }
    }

    public ScalarType TargetType(int index) => index < TargetTypes.Count ? TargetTypes[index] : ScalarType.Float32;
}
