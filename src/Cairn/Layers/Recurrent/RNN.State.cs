using Cairn.Callbacks;

using static TorchSharp.torch;

namespace Cairn.Layers;

// The states that a stateful layer keeps between batches.
public partial class RNN
{
    private Tensor[]? kept;

    /// <summary>
    /// The states from which a stateful layer will start its next batch, <c>[batch, size]</c> each; null before the first batch.
    /// </summary>
    public IReadOnlyList<NDArray>? States =>
        kept is null ? null : [.. kept.Select(t => NDArray.From(t.cpu().data<float>().ToArray(), t.shape))];

    /// <inheritdoc/>
    public override void ResetState(IReadOnlyList<NDArray>? states = null)
    {
        if (!mode.Stateful)
        {
            throw new InvalidOperationException($"{ClassName} '{Name}' is not stateful; create it with stateful: true.");
        }

        using TorchSharp.DisposeScope scope = NewDisposeScope();
        Tensor[]? tensors = states is null ? null : [.. states.Select(s => s.ToTensor().to(ScalarType.Float32))];
        if (tensors is not null)
        {
            CheckStates(tensors.Select(t => (Shape)t.shape), InputShape ?? [Shape.None, Shape.None, Shape.None]);
        }

        Forget();
        kept = tensors is null ? null : [.. tensors.Select(t => t.DetachFromDisposeScope())];
    }

    /// <inheritdoc/>
    public override SavedState? SaveState()
    {
        if (kept is null)
        {
            return null;
        }

        var state = new SavedState();
        state.Set("states", States);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ResetState(state.GetArraysOrNull("states"));
    }

    internal override void MoveTo(Device device)
    {
        base.MoveTo(device);
        if (kept is null)
        {
            return;
        }

        Tensor[] moved = [.. kept.Select(t => t.to(device, copy: true).DetachFromDisposeScope())];
        Forget();
        kept = moved;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            Forget();
        }
    }

    // Copies: the kept tensors change at the end of this call, while the gradients still need the initial values.
    private Tensor[] StatesFor(long batch, Device device)
    {
        if (InputShape![0] is var size && size != batch)
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' is stateful and was built for a batch size of {size}; got {batch}.", nameof(batch));
        }

        return kept is null ? Cell.GetInitialState(batch, device) : [.. kept.Select(t => t.to(device, copy: true))];
    }

    // Prediction and evaluation run in inference mode, whose tensors can't be used in training, so no new state tensors are created there.
    private void Keep(Tensor[] states)
    {
        using IDisposable _ = no_grad();
        if (kept is null)
        {
            using IDisposable normal = inference_mode(false);
            kept = [.. states.Select(s => empty(s.shape, s.dtype, s.device).DetachFromDisposeScope())];
        }

        for (int i = 0; i < kept.Length; i++)
        {
            kept[i].copy_(states[i]);
        }
    }

    private void Forget()
    {
        foreach (Tensor tensor in kept ?? [])
        {
            tensor.Dispose();
        }

        kept = null;
    }
}
