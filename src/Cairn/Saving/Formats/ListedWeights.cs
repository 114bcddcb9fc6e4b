namespace Cairn.Saving;

/// <summary>The arrays of a file with the layer or optimizer that each belongs to. Disposing closes the file.</summary>
internal sealed class ListedWeights(IReadOnlyList<(string Name, string Owner, WeightData Weight)> weights, IDisposable file) : IDisposable
{
    /// <summary>The arrays in the file's order; an owner is empty where the file does not tell it.</summary>
    public IReadOnlyList<(string Name, string Owner, WeightData Weight)> Weights { get; } = weights;

    /// <summary>Of groups by path.</summary>
    public static ListedWeights Of(Hdf5.WeightGroups groups, IDisposable file) => new(
        [
            .. groups.Values.SelectMany(group => group.Weights.Select(weight =>
                (group.Path.Length == 0 ? weight.Name : $"{group.Path}/{weight.Name}", group.Name ?? "", weight))),
        ],
        file);

    public void Dispose() => file.Dispose();
}
