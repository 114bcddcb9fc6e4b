using Cairn.Native;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Callbacks;

/// <summary>
/// Writes checkpoints synchronously, or in the background from a copy: one at a time, in order, using the memory of one copy. Failures in
/// the background are thrown or reported at the next call on the training thread.
/// </summary>
internal sealed class CheckpointWriter(bool asynchronous, SaveErrorPolicy onError)
{
    private readonly WeightCopies copies = new();
    private QuietWorker? background;
    private Task inFlight = Task.CompletedTask;
    private Action<Exception>? tell;

    /// <summary>
    /// Allocates the memory for copies and starts the background thread, so that the first save delays training no longer than the others.
    /// </summary>
    /// <param name="capture">Reads all variables with the function it receives.</param>
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

    /// <summary>Saves the current state. Waits for an earlier save first.</summary>
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

    /// <summary>Checks whether a save has failed, without waiting for one.</summary>
    public void Check()
    {
        if (!ReferenceEquals(inFlight, Task.CompletedTask) && inFlight.IsCompleted)
        {
            Wait();
        }
    }

    /// <summary>Waits until all saves are on disk.</summary>
    public void Wait()
    {
        Task done = inFlight;
        inFlight = Task.CompletedTask;
        Guard(() => done.GetAwaiter().GetResult());
    }

    /// <summary>
    /// Waits for the current save and ignores its failure, because training ends with another exception; frees the copies and the thread.
    /// </summary>
    public void Close()
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
