using System.ComponentModel;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Base class of <see cref="RNN"/> and <see cref="Bidirectional"/>, which take initial states.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class RecurrentLayer : Layer
{
    private protected RecurrentLayer(string? name)
        : base(name)
    {
    }

    /// <summary>Whether a batch starts from the last states of the previous batch.</summary>
    public abstract bool Stateful { get; }

    /// <summary>Whether the layer returns all steps.</summary>
    public abstract bool ReturnSequences { get; }

    /// <summary>Whether the layer also returns the last states.</summary>
    public abstract bool ReturnState { get; }

    private protected override bool IsWide => true;

    // Keras always warns, although the mask is used and an output without steps needs none.
    private protected override string? LossOfMask => ReturnSequences
        ? $"Layer '{Name}' (of type {ClassName}) uses the mask of its input but does not pass it on, as in Keras 3.16. Later layers will "
        + "not see the mask."
        : null;

    internal override IReadOnlyList<string> CallParameters => ["sequences", "initial_state", "mask", "training"];

    /// <summary>In a list of inputs, those after the sequences are states, as in Keras 2.</summary>
    internal override CallArguments ArgumentsFor(int count) =>
        count > 1 ? RecurrentArguments.Of(count - 1, hasMask: false) : CallArguments.One;

    internal override JsonObject? BuildConfig() => InputShapes.Count > 1 && BuildArguments.Range("initial_state") is { } states
        ? new JsonObject
        {
            ["shapes_dict"] = new JsonObject
            {
                ["sequences_shape"] = InputShapes[0].ToJson(),
                ["initial_state_shape"] = InGroups([.. InputShapes.Skip(states.Start).Take(states.Count).Select(ShapeJson.ToJson)]),
            },
        }
        : base.BuildConfig();

    /// <summary>The number of states of each cell, if files store them per cell; empty if they are one list.</summary>
    private protected abstract IReadOnlyList<int> StateGroups { get; }

    /// <summary>Groups values per state as in files: for stacked cells with several states, one list per cell.</summary>
    internal JsonArray InGroups(IReadOnlyList<JsonNode> states)
    {
        var groups = new JsonArray();
        int taken = 0;
        foreach (int count in StateGroups.Sum() == states.Count ? StateGroups : [])
        {
            JsonNode[] own = [.. states.Skip(taken).Take(count)];
            groups.Add(count == 1 ? own[0] : new JsonArray(own));
            taken += count;
        }

        return taken > 0 ? groups : new JsonArray([.. states]);
    }

    /// <summary>Applies the layer in a functional model, with initial states.</summary>
    /// <param name="sequences">The input sequences.</param>
    /// <param name="initialState">The initial states, <c>[batch, size]</c> each. Keras: <c>initial_state</c>.</param>
    /// <param name="mask">The mask, <c>[batch, steps]</c>, true at unmasked steps; null (default) for none, even if the sequences have a
    /// mask.</param>
    /// <returns>The output.</returns>
    /// <exception cref="ArgumentException">The number of states or a shape is wrong.</exception>
    /// <exception cref="InvalidOperationException">The layer also returns its states; call <c>ApplyMany</c>.</exception>
    public KerasTensor Apply(KerasTensor sequences, IReadOnlyList<KerasTensor> initialState, KerasTensor? mask = null) =>
        ApplyMany(sequences, initialState, mask) is [var output]
            ? output
            : throw new InvalidOperationException($"{ClassName} '{Name}' has several outputs; call ApplyMany to get all of them.");

    /// <summary>Applies a layer that also returns its last states.</summary>
    /// <param name="sequences">The input sequences.</param>
    /// <param name="initialState">The initial states, <c>[batch, size]</c> each; empty for zeros.</param>
    /// <param name="mask">The mask, <c>[batch, steps]</c>, true at unmasked steps; null (default) for none, even if the sequences have a
    /// mask.</param>
    /// <returns>The output, then the states.</returns>
    /// <exception cref="ArgumentException">The number of states or a shape is wrong.</exception>
    public IReadOnlyList<KerasTensor> ApplyMany(KerasTensor sequences, IReadOnlyList<KerasTensor> initialState, KerasTensor? mask = null)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(initialState);
        return Record([sequences, .. initialState, .. mask is null ? [] : (KerasTensor[])[mask]],
            RecurrentArguments.Of(initialState.Count, mask is not null));
    }

    /// <summary>
    /// Resets the states of a stateful layer to zeros, or to given states, for the next batch. Keras: <c>reset_state</c>.
    /// </summary>
    /// <param name="states">The states, <c>[batch, size]</c> each; null (default) for the cell's initial states, which are zeros unless it
    /// overrides them.</param>
    /// <exception cref="InvalidOperationException">The layer is not stateful.</exception>
    /// <exception cref="ArgumentException">The number of states or a shape is wrong.</exception>
    public abstract void ResetState(IReadOnlyList<NDArray>? states = null);

    /// <summary>Resets the states to zeros. Keras: <c>reset_states</c>.</summary>
    public void ResetStates() => ResetState();
}
