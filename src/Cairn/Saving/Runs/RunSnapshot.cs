using Cairn.Callbacks;

namespace Cairn.Saving.Runs;

/// <summary>Everything that decides the rest of a run, as plain data.</summary>
internal sealed class RunSnapshot
{
    /// <summary>What must be the same in the run that goes on, as JSON; see <see cref="RunIdentity"/>.</summary>
    public required string Identity { get; init; }

    /// <summary>States by whose they are, such as <c>callbacks/2</c>; null for what can't be saved.</summary>
    public OrderedDictionary<string, SavedState?> Parts { get; init; } = [];

    /// <summary>The numbers of weights and of the optimizer's state. Their memory may be lent: to be written before the next batch.</summary>
    public IReadOnlyList<WeightData> Variables { get; init; } = [];

    /// <summary>A part that can always be saved.</summary>
    /// <exception cref="ModelFormatException">It is not there.</exception>
    public SavedState Part(string name) => Parts.TryGetValue(name, out SavedState? part) && part is not null
        ? part
        : throw new ModelFormatException($"the part '{name}' is missing.");
}
