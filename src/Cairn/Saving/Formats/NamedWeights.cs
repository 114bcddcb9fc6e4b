namespace Cairn.Saving;

/// <summary>The arrays of a file that stores only named arrays. They are read from the file on demand; disposing closes it.</summary>
internal sealed class NamedWeights(IReadOnlyList<WeightData> weights, WeightSource source) : IDisposable
{
    /// <summary>The arrays in the file's order, with unique names.</summary>
    public IReadOnlyList<WeightData> Weights { get; } = weights;

    public void Dispose() => source.Dispose();
}
