namespace Cairn.Data;

/// <summary>The arrays of a data set, open for reading.</summary>
/// <param name="Inputs">The inputs.</param>
/// <param name="Targets">The targets.</param>
/// <param name="Weight">The samples' weights.</param>
/// <param name="Archive">The file that all are in, where that is one.</param>
internal sealed record NpyRowSet(NpyRows[] Inputs, NpyRows[] Targets, NpyRows? Weight, IDisposable? Archive) : IDisposable
{
    public long Count => Inputs[0].Count;

    public void Dispose()
    {
        foreach (NpyRows rows in Inputs) rows.Dispose();
        foreach (NpyRows rows in Targets) rows.Dispose();
        Weight?.Dispose();
        Archive?.Dispose();
    }
}
