namespace Cairn.Data;

/// <summary>The arrays of a data set in the order of a model, open for reading.</summary>
/// <param name="Inputs">The inputs.</param>
/// <param name="Targets">The targets; none for prediction.</param>
/// <param name="Weights">The samples' weights: none, one for all outputs, or one for each output, null for 1.</param>
/// <param name="Archive">The file that all are in, where that is one.</param>
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
