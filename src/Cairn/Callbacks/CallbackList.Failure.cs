namespace Cairn.Callbacks;

/// <content>Handling of exceptions thrown by a callback or between callbacks.</content>
public sealed partial class CallbackList
{
    private readonly HashSet<Callback> begun = new(ReferenceEqualityComparer.Instance);
    private Callback? failed;

    /// <summary>Runs a function; if it throws, an unfinished output line is terminated first.</summary>
    internal T WithWholeLines<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch
        {
            BreakLine();
            throw;
        }
    }

    /// <summary>Waits for what the callbacks write in the background.</summary>
    internal override void WaitForWrites()
    {
        foreach (Callback callback in callbacks)
        {
            callback.WaitForWrites();
        }
    }

    /// <summary>
    /// After an exception of a user callback, calls OnTrainEnd of all other callbacks whose training has begun. Does nothing after any
    /// other exception.
    /// </summary>
    /// <param name="exception">The exception that stops the training.</param>
    /// <param name="logs">The logs of the last complete epoch.</param>
    internal void EndAfter(Exception exception, Logs logs)
    {
        Callback? culprit = (exception as CallbackException)?.Failed ?? failed;
        if (culprit is null)
        {
            return;
        }

        begun.Remove(culprit);
        (context.Failure, context.Batch) = (exception, null);
        Logs shared = logs.Share();
        foreach (Callback? callback in callbacks.Where(begun.Remove))
        {
            try
            {
                callback.OnTrainEnd(shared);
            }
            catch (Exception second)
            {
                // The first exception must be reported: this one must neither hide it nor keep the other callbacks from ending.
                context.Warn($"{callback.Name} failed while ending the training after an exception: {second.Message}");
            }
        }
    }

    // A cancellation is rethrown as it is; every other exception names its callback.
    private void ThrowFor(Callback callback, string hook, Exception exception)
    {
        failed = callback;
        if (exception is not OperationCanceledException)
        {
            throw new CallbackException(callback, hook, context.InEpoch ? context.Epoch : null, context.Batch, exception);
        }
    }
}
