using Cairn.Callbacks;

namespace Cairn.Training;

/// <summary>The states of the metrics in the middle of an epoch, as parts of a backup.</summary>
/// <param name="OfEach">Those of each process, with which as many processes continue.</param>
/// <param name="Whole">Those of all processes together, one per metric, with which one process continues.</param>
internal sealed record GatheredMetrics(SavedState OfEach, IReadOnlyList<SavedState> Whole);
