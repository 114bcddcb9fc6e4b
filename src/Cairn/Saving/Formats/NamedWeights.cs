namespace Cairn.Saving;

/// <summary>Arrays by name, as some files hold nothing else. They are taken from the file when they are needed; disposing closes it.</summary>
internal sealed class NamedWeights(IReadOnlyList<WeightData> weights, WeightSource source) : IDisposable
{
    /// <summary>The arrays in the file's order, each name once.</summary>
    public IReadOnlyList<WeightData> Weights { get; } = weights;

    public void Dispose() => source.Dispose();
}
