namespace Cairn.Callbacks;

/// <content>Saving and restoring the state of the callbacks.</content>
public sealed partial class CallbackList
{
    /// <summary>Names of the callbacks that must be present again to resume a run: all but those that only display progress.</summary>
    internal IReadOnlyList<string> StatefulNames => [.. Stateful.Select(callback => callback.Name)];

    private IEnumerable<Callback> Stateful => callbacks.Where(callback => !callback.OnlyShows);

    /// <summary>The states of the callbacks of <see cref="StatefulNames"/>; null for one that can't be saved.</summary>
    internal IReadOnlyList<SavedState?> SaveStates() =>
        [.. Stateful.Select(callback => Guarded(callback, nameof(Callback.SaveState), callback.SaveState))];

    /// <summary>The exception to throw if the state of one of <see cref="StatefulNames"/> can't be saved.</summary>
    internal Exception StateRefused(int index, Exception problem)
    {
        Callback callback = Stateful.ElementAt(index);
        return callback.RunsUserCode
            ? new CallbackException(callback, nameof(Callback.SaveState), context.InEpoch ? context.Epoch : null, null, problem)
            : new InvalidOperationException($"The state of {callback.Name} can't be backed up: {problem.Message}", problem);
    }

    /// <summary>Prints a warning without recording an event, once per run for the same kind.</summary>
    /// <param name="message">The text.</param>
    /// <param name="kind">Identifies warnings that differ only in the names they contain; null (default) for the text itself.</param>
    internal void ShowWarning(string message, string? kind = null) => context.Warn(message, kind);

    /// <summary>Shows a warning about the run itself and records it, unless the resumed history already has it.</summary>
    internal void Tell(string message)
    {
        if (context.HasWarning(message))
        {
            return;
        }

        context.Warn(message);
        context.Record(new TrainingEvent(context.Epoch, null, nameof(Model.Fit), EventKind.Warning, null, null, message, null));
    }

    /// <summary>Marks the training that is about to begin as resumed.</summary>
    /// <param name="hadEnded">Whether the training was already complete.</param>
    internal void AnnounceResuming(bool hadEnded = false) => (context.Resuming, context.HadEnded) = (true, hadEnded);

    /// <summary>Lets callbacks that change which variables exist do so again before the variables are restored.</summary>
    /// <param name="states">The result of <see cref="SaveStates"/> for the same callbacks.</param>
    internal void PrepareRestoring(IReadOnlyList<SavedState?> states)
    {
        foreach ((Callback? callback, SavedState? state) in Stateful.Zip(states))
        {
            if (state is not null)
            {
                callback.PrepareRestoring(state);
            }
        }
    }

    /// <summary>Restores the states of the callbacks after OnTrainBegin; callbacks without a saved state start from scratch.</summary>
    /// <param name="states">The result of <see cref="SaveStates"/> for the same callbacks.</param>
    /// <param name="epoch">Index of the epoch in which, or after which, the states were saved.</param>
    /// <param name="inEpoch">Whether the states were saved in the middle of that epoch.</param>
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
                context.Warn($"{callback.Name} does not save its state (see Callback.SaveState); it restarts from scratch.");
            }

            if (inEpoch)
            {
                // For this callback the epoch begins now.
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
