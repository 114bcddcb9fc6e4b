namespace Cairn.Saving.Hdf5;

/// <summary>The groups of a <c>.weights.h5</c> file by path. Their weights are taken from the file when they are needed; disposing closes it.</summary>
internal sealed class WeightGroups(WeightSource? source = null) : Dictionary<string, WeightGroup>(StringComparer.Ordinal), IDisposable
{
    /// <summary>The file; null for groups that were not read.</summary>
    public WeightSource? Source => source;

    public void Dispose() => source?.Dispose();
}
