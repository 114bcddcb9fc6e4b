namespace Cairn.Saving.Hdf5;

/// <summary>The groups of <c>.weights.h5</c> files by path. Their weights are taken from the files when they are needed; disposing closes those.</summary>
/// <param name="files">What is open; nothing for groups that were not read.</param>
internal sealed class WeightGroups(params IReadOnlyList<IDisposable> files)
    : Dictionary<string, WeightGroup>(StringComparer.Ordinal), IDisposable
{
    /// <summary>The open files.</summary>
    public IReadOnlyList<IDisposable> Files => files;

    public void Dispose()
    {
        foreach (IDisposable file in files)
        {
            file.Dispose();
        }
    }
}
