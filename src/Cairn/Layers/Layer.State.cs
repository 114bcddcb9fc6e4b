using Cairn.Callbacks;

namespace Cairn.Layers;

// The state that a layer keeps between batches in addition to its weights.
public abstract partial class Layer
{
    /// <summary>Saves the state that the layer keeps between batches in addition to its weights, so that a run can be resumed.</summary>
    /// <returns>Plain data that later batches do not change; null (the default) if there is no state.</returns>
    public virtual SavedState? SaveState() => null;

    /// <summary>Restores a saved state.</summary>
    /// <param name="state">The state returned by <see cref="SaveState"/> of an equal layer.</param>
    public virtual void LoadState(SavedState state)
    {
    }
}
