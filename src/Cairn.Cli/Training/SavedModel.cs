namespace Cairn.Cli.Training;

/// <summary>A model that was saved to a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="HistoryIndex">The index of its epoch in the history; null for a model saved within an epoch or before training.</param>
/// <param name="Description">When it was saved, such as <c>epoch 12</c>.</param>
internal sealed record SavedModel(string Path, int? HistoryIndex, string Description);
