using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>Some samples and their targets. The tensors are views or copies that live as long as the dispose scope they were made in.</summary>
/// <param name="X">Inputs, <c>[Count, ...]</c>.</param>
/// <param name="Y">Targets, <c>[Count, ...]</c>; null for prediction.</param>
/// <param name="Weight">A weight for each sample, or null for 1.</param>
/// <param name="Count">Number of samples.</param>
internal readonly record struct Batch(Tensor X, Tensor? Y, Tensor? Weight, long Count);
