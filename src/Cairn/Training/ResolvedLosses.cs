namespace Cairn.Training;

/// <summary>Resolved from the first data: the losses that strings such as <c>"crossentropy"</c> stand for, and the output shapes.</summary>
internal sealed record ResolvedLosses(IReadOnlyList<OutputLoss> Losses, IReadOnlyList<Shape> Outputs, Objective Objective);
