using System.ComponentModel;

namespace Cairn.Layers;

/// <summary>What <see cref="RNN"/> and <see cref="Bidirectional"/> share: they can be given states to start from.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class RecurrentLayer : Layer
{
    private protected RecurrentLayer(string? name)
        : base(name)
    {
    }

    /// <summary>Whether a batch starts with the states at which the last one ended.</summary>
    public abstract bool Stateful { get; }

    /// <summary>Whether the output has all steps.</summary>
    public abstract bool ReturnSequences { get; }

    /// <summary>Whether the last states are outputs too.</summary>
    public abstract bool ReturnState { get; }

    // Keras warns in any case, although the mask is used and an output without steps needs none.
    private protected override string? LossOfMask => ReturnSequences
        ? $"Layer '{Name}' (of type {ClassName}) uses the mask of its input but does not pass it on, as in Keras 3.16. Later layers will "
        + "not see the mask."
        : null;

    internal override IReadOnlyList<string> CallParameters => ["sequences", "initial_state", "mask", "training"];

    /// <summary>Uses the layer in a functional model, with states to start from.</summary>
    /// <param name="sequences">What goes in.</param>
    /// <param name="initialState">The states before the first step, <c>[batch, size]</c> each. Keras: <c>initial_state</c>.</param>
    /// <param name="mask">Which steps count, <c>[batch, steps]</c>; null (default) for all, also where the sequences have a mask.</param>
    /// <returns>What comes out.</returns>
    /// <exception cref="ArgumentException">The number of states or a shape is not what the layer takes.</exception>
    /// <exception cref="InvalidOperationException">The layer gives its states too; call <c>ApplyMany</c>.</exception>
    public KerasTensor Apply(KerasTensor sequences, IReadOnlyList<KerasTensor> initialState, KerasTensor? mask = null) =>
        ApplyMany(sequences, initialState, mask) is [var output]
            ? output
            : throw new InvalidOperationException($"{ClassName} '{Name}' gives several outputs; call ApplyMany for all of them.");

    /// <summary>The same for a layer that gives its last states too.</summary>
    /// <param name="sequences">What goes in.</param>
    /// <param name="initialState">The states before the first step, <c>[batch, size]</c> each; none for zeros.</param>
    /// <param name="mask">Which steps count, <c>[batch, steps]</c>; null (default) for all, also where the sequences have a mask.</param>
    /// <returns>The output, then the states.</returns>
    /// <exception cref="ArgumentException">The number of states or a shape is not what the layer takes.</exception>
    public IReadOnlyList<KerasTensor> ApplyMany(KerasTensor sequences, IReadOnlyList<KerasTensor> initialState, KerasTensor? mask = null)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(initialState);
        return Record([sequences, .. initialState, .. mask is null ? [] : (KerasTensor[])[mask]],
            RecurrentArguments.Of(initialState.Count, mask is not null));
    }

    /// <summary>Starts the next batch of a stateful layer from zeros, or from given states. Keras: <c>reset_state</c>.</summary>
    /// <param name="states">The states, <c>[batch, size]</c> each; null (default) for those of the cell, which are zeros unless it says otherwise.</param>
    /// <exception cref="InvalidOperationException">The layer is not stateful.</exception>
    /// <exception cref="ArgumentException">Their number or a shape is not that of the layer's states.</exception>
    public abstract void ResetState(IReadOnlyList<NDArray>? states = null);

    /// <summary>The same, from zeros. Keras: <c>reset_states</c>.</summary>
    public void ResetStates() => ResetState();
}
