using Cairn.Callbacks;

namespace Cairn.Layers;

// What a layer keeps from batch to batch beside its weights.
public abstract partial class Layer
{
    /// <summary>What the layer keeps from batch to batch beside its weights, for a run that goes on after a restart.</summary>
    /// <returns>Plain data that later batches do not change; null (the default) where there is nothing.</returns>
    public virtual SavedState? SaveState() => null;

    /// <summary>Goes on from a saved state.</summary>
    /// <param name="state">What <see cref="SaveState"/> of such a layer gave.</param>
    public virtual void LoadState(SavedState state)
    {
    }
}
