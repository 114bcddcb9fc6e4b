using Cairn.Callbacks;

namespace Cairn.Saving.Runs;

/// <summary>Everything that determines the rest of a run, as plain data.</summary>
internal sealed class RunSnapshot
{
    /// <summary>The key of the number of epochs in the part <c>run</c>.</summary>
    public const string Epochs = "epochs";

    /// <summary>The properties that a resuming run must share, as JSON; see <see cref="RunIdentity"/>.</summary>
    public required string Identity { get; init; }

    /// <summary>States by owner, such as <c>callbacks/2</c>; null for one that can't be saved.</summary>
    public OrderedDictionary<string, SavedState?> Parts { get; init; } = [];

    /// <summary>
    /// The values of the weights and of the optimizer's state. Their memory may be borrowed: write them before the next batch.
    /// </summary>
    public IReadOnlyList<WeightData> Variables { get; init; } = [];

    /// <summary>A part that can always be saved.</summary>
    /// <exception cref="ModelFormatException">The part is missing.</exception>
    public SavedState Part(string name) => Parts.TryGetValue(name, out SavedState? part) && part is not null
        ? part
        : throw new ModelFormatException($"the part '{name}' is missing.");
}
