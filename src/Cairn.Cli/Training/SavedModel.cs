namespace Cairn.Cli.Training;

/// <summary>A model in a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="HistoryIndex">The place in the history of the epoch it is from; null for one saved within an epoch or before training.</param>
/// <param name="Description">Such as <c>epoch 12</c>.</param>
internal sealed record SavedModel(string Path, int? HistoryIndex, string Description);
