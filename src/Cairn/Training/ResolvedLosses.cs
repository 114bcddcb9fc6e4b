namespace Cairn.Training;

/// <summary>
/// What is resolved when the first data arrive: the losses that strings such as <c>"crossentropy"</c> stand for, and the output shapes.
/// </summary>
internal sealed record ResolvedLosses(IReadOnlyList<OutputLoss> Losses, IReadOnlyList<Shape> Outputs, Objective Objective);
