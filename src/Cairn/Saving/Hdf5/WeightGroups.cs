namespace Cairn.Saving.Hdf5;

/// <summary>
/// The groups of <c>.weights.h5</c> files by path. Their weights are read from the files on demand; disposing closes the files.
/// </summary>
/// <param name="files">The open files; none for groups that were not read.</param>
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
