namespace Cairn.Data;

/// <summary>The arrays of a data set, open for reading.</summary>
internal sealed record NpyRowSet(NpyRows[] Inputs, NpyRows[] Targets, NpyRows? Weight) : IDisposable
{
    public long Count => Inputs[0].Count;

    public void Dispose()
    {
        foreach (NpyRows rows in Inputs) rows.Dispose();
        foreach (NpyRows rows in Targets) rows.Dispose();
        Weight?.Dispose();
    }
}
