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
    IReadOnlyList<string> InputNames, IReadOnlyList<string> OutputNames, IReadOnlyList<ScalarType> InputTypes, IReadOnlyList<ScalarType> TargetTypes, Device Device,
    IReadOnlyList<Shape>? InputShapes = null, bool MustBeFinite = false)
{
    public ScalarType InputType(int index) => index < InputTypes.Count ? InputTypes[index] : ScalarType.Float32;

    public ScalarType TargetType(int index) => index < TargetTypes.Count ? TargetTypes[index] : ScalarType.Float32;
}
