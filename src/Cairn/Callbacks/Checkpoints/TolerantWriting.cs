namespace Cairn.Callbacks;

/// <summary>Writes what a training can do without, as a policy says: a failure ends the training, is tried again, or is told once until it
/// is over.</summary>
internal sealed class TolerantWriting(SaveErrorPolicy onError)
{
    /// <summary>Whether the last attempt failed.</summary>
    public bool IsFailing { get; private set; }

    /// <summary>Writes.</summary>
    /// <param name="write">Does it; what it could not write it keeps, for the next attempt.</param>
    /// <param name="warn">Told about the first failure after a success.</param>
    /// <returns>Whether it is written; false only with <see cref="SaveErrorPolicy.Warn"/>.</returns>
    public bool Try(Action write, Action<Exception> warn)
    {
        bool before = IsFailing;
        try
        {
            SaveErrors.Attempt(write, onError);
            IsFailing = false;
            return true;
        }
        catch (Exception exception) when (onError == SaveErrorPolicy.Warn && SaveErrors.AreOf(exception))
        {
            IsFailing = true;
            if (!before)
            {
                warn(exception);
            }

            return false;
        }
    }
}
