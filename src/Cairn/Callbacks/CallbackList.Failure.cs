namespace Cairn.Callbacks;

/// <content>What happens when a callback, or what runs between callbacks, throws.</content>
public sealed partial class CallbackList
{
    private readonly HashSet<Callback> begun = new(ReferenceEqualityComparer.Instance);
    private Callback? failed;

    /// <summary>Runs something to its end; if it fails, an open line is ended first.</summary>
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
    internal override void Settle()
    {
        foreach (Callback callback in callbacks)
        {
            callback.Settle();
        }
    }

    /// <summary>
    /// After a user's callback threw, lets every other one that has begun the training end it. Does nothing after another exception.
    /// </summary>
    /// <param name="exception">What ends the training.</param>
    /// <param name="logs">The logs of the last whole epoch.</param>
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
                // The first failure is the one to hear about; this one must not hide it, nor keep the others from their end.
                context.Warn($"{callback.Name} could not end the training that had failed: {second.Message}");
            }
        }
    }

    // Who cancels wants to be told so; everything else says where it comes from.
    private void ThrowFor(Callback callback, string hook, Exception exception)
    {
        failed = callback;
        if (exception is not OperationCanceledException)
        {
            throw new CallbackException(callback, hook, context.InEpoch ? context.Epoch : null, context.Batch, exception);
        }
    }
}
