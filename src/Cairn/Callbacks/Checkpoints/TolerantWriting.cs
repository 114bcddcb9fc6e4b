namespace Cairn.Callbacks;

/// <summary>
/// Writes data that training does not depend on. A policy determines whether a failure ends the training, is retried, or causes a warning.
/// </summary>
internal sealed class TolerantWriting(SaveErrorPolicy onError)
{
    /// <summary>Whether the last attempt failed.</summary>
    public bool IsFailing { get; private set; }

    /// <summary>Tries to write.</summary>
    /// <param name="write">Writes the data; must keep what it could not write for the next attempt.</param>
    /// <param name="warn">Called for the first failure after a success.</param>
    /// <returns>Whether the data was written; false only with <see cref="SaveErrorPolicy.Warn"/>.</returns>
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
