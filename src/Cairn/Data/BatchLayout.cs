using Cairn.Replication;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>How a model expects its batches: the names of its inputs and outputs, their element types, and the device.</summary>
/// <param name="InputNames">The names of the model's inputs.</param>
/// <param name="OutputNames">The names of the model's outputs.</param>
/// <param name="InputTypes">Element types of the inputs, in that order.</param>
/// <param name="TargetTypes">Element types of the targets, in the order of the outputs.</param>
/// <param name="Device">The device of the model.</param>
/// <param name="InputShapes">The declared input shapes of the model; null if it has none.</param>
/// <param name="MustBeFinite">Whether NaN and infinite values are rejected.</param>
/// <param name="Targeted">The outputs that need a target, by index; null if all do.</param>
/// <param name="Replication">
/// The processes that train together, if a source that can should read only the rows of this one; null to read all.
/// </param>
internal sealed record BatchLayout(
    IReadOnlyList<string> InputNames, IReadOnlyList<string> OutputNames, IReadOnlyList<ScalarType> InputTypes,
    IReadOnlyList<ScalarType> TargetTypes, Device Device,
    IReadOnlyList<Shape>? InputShapes = null, bool MustBeFinite = false, IReadOnlyList<int>? Targeted = null,
    IReplication? Replication = null)
{
    public ScalarType InputType(int index) => index < InputTypes.Count ? InputTypes[index] : ScalarType.Float32;

    /// <summary>
    /// An integer or string input, with the trailing axis of size 1 that the model expects and that Keras users omit.
    /// </summary>
    public Tensor InModelsRank(Tensor numbers, int index) =>
        InputType(index) == ScalarType.Int64 && InputShapes is { } shapes && index < shapes.Count
        && shapes[index].Rank == numbers.dim() + 1 && shapes[index][^1] == 1 ? numbers.unsqueeze(-1) : numbers;

    /// <summary>Rejects strings if the model expects numbers.</summary>
    public void CheckText(bool isText, int index, string argument)
    {
        if (isText && InputType(index) != ScalarType.Int64)
        {
            throw new ArgumentException(
                $"{argument} contains strings, but the model expects numbers. Strings need Input(dtype: \"string\") and a layer such as "
                    + "TextVectorization.", argument);
        }
    }

    public ScalarType TargetType(int index) => index < TargetTypes.Count ? TargetTypes[index] : ScalarType.Float32;
}
