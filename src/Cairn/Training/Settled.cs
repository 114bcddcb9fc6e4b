namespace Cairn.Training;

/// <summary>What the first data have settled: the losses that strings such as <c>"crossentropy"</c> mean, and the outputs' shapes.</summary>
internal sealed record Settled(IReadOnlyList<OutputLoss> Losses, IReadOnlyList<Shape> Outputs, Objective Objective);
