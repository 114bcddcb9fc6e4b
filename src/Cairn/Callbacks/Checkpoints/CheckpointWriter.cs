using Cairn.Native;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Callbacks;

/// <summary>
/// Writes checkpoints at once, or in the background from a copy: one at a time, in order, with the memory of one copy. What goes wrong in the
/// background is thrown, or told, when the trainer next looks.
/// </summary>
internal sealed class CheckpointWriter(bool asynchronous, SaveErrorPolicy onError)
{
    private readonly WeightCopies copies = new();
    private QuietWorker? background;
    private Task inFlight = Task.CompletedTask;
    private Action<Exception>? tell;

    /// <summary>Makes the memory for copies and the thread that writes them, so that the first save stalls the training no longer than the others.</summary>
    /// <param name="capture">Reads all variables through the function it is given.</param>
    public void Prepare(Action<Func<Variable, WeightData>> capture)
    {
        if (!asynchronous)
        {
            return;
        }

        Wait();
        background ??= NewBackground();
        using DisposeScope scope = NewDisposeScope();
        copies.Begin();
        capture(copies.Take);
    }

    /// <summary>Writes what is there now. An earlier save is waited for.</summary>
    public void Save(ICheckpoint checkpoint)
    {
        Wait();
        using DisposeScope scope = NewDisposeScope();
        tell = checkpoint.Failed;
        if (!asynchronous)
        {
            checkpoint.Capture(WeightTransfer.ToData);
            Guard(() => SaveErrors.Attempt(checkpoint.Write, onError));
            return;
        }

        copies.Begin();
        checkpoint.Capture(copies.Take);
        inFlight = (background ??= NewBackground()).Run(() => SaveErrors.Attempt(checkpoint.Write, onError));
    }

    /// <summary>Looks whether a save has failed, without waiting for one.</summary>
    public void Check()
    {
        if (!ReferenceEquals(inFlight, Task.CompletedTask) && inFlight.IsCompleted)
        {
            Wait();
        }
    }

    /// <summary>Waits until all is on the disk.</summary>
    public void Wait()
    {
        Task done = inFlight;
        inFlight = Task.CompletedTask;
        Guard(() => done.GetAwaiter().GetResult());
    }

    /// <summary>Waits, whatever comes of it, since the training ends with another exception; frees the copies and the thread.</summary>
    public void Settle()
    {
        ((IAsyncResult)inFlight).AsyncWaitHandle.WaitOne();
        copies.Dispose();
        background?.Dispose();
        background = null;
    }

    private static QuietWorker NewBackground() => new("Cairn: writing checkpoints");

    private void Guard(Action act)
    {
        try
        {
            act();
        }
        catch (Exception exception) when (onError == SaveErrorPolicy.Warn && SaveErrors.AreOf(exception))
        {
            tell?.Invoke(exception);
        }
    }
}
