namespace Cairn.Saving;

/// <summary>The arrays of a file, each with the layer or optimizer it belongs to. Disposing closes the file.</summary>
internal sealed class ListedWeights(IReadOnlyList<(string Name, string Owner, WeightData Weight)> weights, IDisposable file) : IDisposable
{
    /// <summary>The arrays in the file's order; the owner is empty if the file does not record it.</summary>
    public IReadOnlyList<(string Name, string Owner, WeightData Weight)> Weights { get; } = weights;

    /// <summary>The arrays of groups, by path.</summary>
    public static ListedWeights Of(Hdf5.WeightGroups groups, IDisposable file) => new(
        [
            .. groups.Values.SelectMany(group => group.Weights.Select(weight =>
                (group.Path.Length == 0 ? weight.Name : $"{group.Path}/{weight.Name}", group.Name ?? "", weight))),
        ],
        file);

    public void Dispose() => file.Dispose();
}
