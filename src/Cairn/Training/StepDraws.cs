using Cairn.Callbacks;
using Cairn.Layers;

namespace Cairn.Training;

/// <summary>Counts a model's steps and calls, so that each draws different random numbers that follow from the model's seed.</summary>
/// <remarks>
/// The random numbers of a training step depend on the optimizer's step count, which model files store, so a resumed run draws the same
/// numbers as an uninterrupted one. While that count does not change, as in a model that trains its parts with separate optimizers, a
/// second counter tells the steps apart. Those of a validation depend on the training steps before it; those of an evaluation or prediction
/// on the number of earlier calls.
/// </remarks>
internal sealed class StepDraws
{
    private const string LastStep = "last_step";
    private const string Turn = "turn";
    private const string Calls = "calls";

    private long lastStep = -1;
    private long turn;
    private long calls;

    /// <summary>Begins a training step.</summary>
    public void BeginStep(CallContext context, long step)
    {
        Place(step);
        context.BeginStep((ulong)step, (ulong)turn);
        (lastStep, turn) = (step, turn + 1);
    }

    /// <summary>Begins a validation batch within a run.</summary>
    public void BeginValidation(CallContext context, long step, int batch)
    {
        Place(step);
        context.BeginValidation((ulong)step, (ulong)turn, (ulong)batch);
    }

    /// <summary>The number of the evaluation or prediction that is starting.</summary>
    public long NextCall() => Interlocked.Increment(ref calls) - 1;

    /// <summary>Resets the counts: the seed was changed, or was set again to repeat the same numbers.</summary>
    public void Restart()
    {
        (lastStep, turn) = (-1, 0);
        Interlocked.Exchange(ref calls, 0);
    }

    /// <summary>Saves the counts, for resuming a run.</summary>
    public void Save(SavedState into)
    {
        into.Set(LastStep, lastStep);
        into.Set(Turn, turn);
        into.Set(Calls, Interlocked.Read(ref calls));
    }

    /// <summary>Restores the counts of a backup; backups of earlier versions have none.</summary>
    public void Load(SavedState from)
    {
        if (from.Values.ContainsKey(Calls))
        {
            (lastStep, turn) = (from.GetInt64(LastStep), from.GetInt64(Turn));
            Interlocked.Exchange(ref calls, from.GetInt64(Calls));
        }
    }

    private void Place(long step)
    {
        if (step != lastStep)
        {
            (lastStep, turn) = (step, 0);
        }
    }
}
