namespace Cairn.Data;

/// <summary>The arrays of a dataset in model order, open for reading.</summary>
/// <param name="Inputs">The inputs.</param>
/// <param name="Targets">The targets; none for prediction.</param>
/// <param name="Weights">The sample weights: none, one for all outputs, or one per output; null for 1.</param>
/// <param name="Archive">The archive that contains all arrays, if there is one.</param>
internal sealed record NpyRowSet(NpyRows[] Inputs, NpyRows[] Targets, NpyRows?[] Weights, IDisposable? Archive) : IDisposable
{
    public long Count => Inputs[0].Count;

    public IEnumerable<NpyRows> All => [.. Inputs, .. Targets, .. Weights.OfType<NpyRows>()];

    public void Dispose()
    {
        foreach (NpyRows rows in All)
        {
            rows.Dispose();
        }

        Archive?.Dispose();
    }
}
