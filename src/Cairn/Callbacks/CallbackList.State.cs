namespace Cairn.Callbacks;

/// <content>What the callbacks remember from one process to the next.</content>
public sealed partial class CallbackList
{
    /// <summary>Names of the callbacks that a run must have again to go on: all but those that only show what goes on.</summary>
    internal IReadOnlyList<string> LastingNames => [.. Lasting.Select(callback => callback.Name)];

    private IEnumerable<Callback> Lasting => callbacks.Where(callback => !callback.OnlyShows);

    /// <summary>The states of the callbacks of <see cref="LastingNames"/>; null for one that can't be saved.</summary>
    internal IReadOnlyList<SavedState?> SaveStates() =>
        [.. Lasting.Select(callback => Guarded(callback, nameof(Callback.SaveState), callback.SaveState))];

    /// <summary>Shows a warning that is nobody's event, once a run for the same text.</summary>
    internal void ShowWarning(string message) => context.Warn(message);

    /// <summary>Says, before the training begins, that it is one that goes on at the given place.</summary>
    internal void AnnounceResuming() => context.Resuming = true;

    /// <summary>Lets callbacks that had changed which variables there are do so once more, before these are put back.</summary>
    /// <param name="states">What <see cref="SaveStates"/> gave for the same callbacks.</param>
    internal void PrepareRestoring(IReadOnlyList<SavedState?> states)
    {
        foreach ((Callback? callback, SavedState? state) in Lasting.Zip(states))
        {
            if (state is not null)
            {
                callback.PrepareRestoring(state);
            }
        }
    }

    /// <summary>Gives the callbacks, which have begun, their states back, and starts those anew that have none.</summary>
    /// <param name="states">What <see cref="SaveStates"/> gave for the same callbacks.</param>
    /// <param name="epoch">Index of the epoch in which, or after which, the states were taken.</param>
    /// <param name="inEpoch">Whether that epoch was under way.</param>
    internal void LoadStates(IReadOnlyList<SavedState?> states, int epoch, bool inEpoch)
    {
        (context.Epoch, context.InEpoch) = (epoch, true);
        int index = 0;
        foreach (Callback callback in callbacks)
        {
            if (!callback.OnlyShows && states[index++] is { } state)
            {
                Guarded(callback, nameof(Callback.LoadState), () => callback.LoadState(state));
                continue;
            }

            if (!callback.OnlyShows)
            {
                context.Warn($"{callback.Name} does not save its state (see Callback.SaveState); after this restart it starts anew.");
            }

            if (inEpoch)
            {
                // For this one the epoch begins now.
                Guarded(callback, nameof(Callback.OnEpochBegin), () => callback.OnEpochBegin(epoch, Logs.Empty));
            }
        }

        context.Resuming = false;
    }

    private void Guarded(Callback callback, string hook, Action call) => Guarded(callback, hook, () =>
    {
        call();
        return 0;
    });

    private T Guarded<T>(Callback callback, string hook, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (callback.RunsUserCode)
        {
            ThrowFor(callback, hook, e);
            throw;
        }
    }
}
