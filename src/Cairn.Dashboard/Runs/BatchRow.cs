namespace Cairn.Dashboard.Runs;

/// <summary>The values of one batch.</summary>
/// <param name="Number">The number of the row in its run, from 0.</param>
/// <param name="Epoch">Index of the epoch, from 0.</param>
/// <param name="Batch">Index of the batch in the epoch, from 0.</param>
/// <param name="Values">The values by name.</param>
internal sealed record BatchRow(long Number, int Epoch, int Batch, IReadOnlyList<KeyValuePair<string, double>> Values);
