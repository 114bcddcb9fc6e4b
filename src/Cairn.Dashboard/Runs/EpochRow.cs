namespace Cairn.Dashboard.Runs;

/// <summary>The values of one epoch.</summary>
/// <param name="Epoch">Its index, from 0.</param>
/// <param name="Values">The values by name; a name without a value is missing.</param>
internal sealed record EpochRow(int Epoch, IReadOnlyList<KeyValuePair<string, double>> Values);
