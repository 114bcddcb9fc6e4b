using Cairn.Callbacks;
using Cairn.Layers;

namespace Cairn.Training;

/// <summary>Counts what a model did, so that each step draws random numbers of its own and all follow from the model's seed.</summary>
/// <remarks>
/// A step of training draws by the optimizer's steps, which files of models hold: a run that goes on from one draws as if it had never
/// stopped. Where that number does not move, as in a model that trains its parts with optimizers of their own, turns are counted besides. A
/// validation draws by the training before it, an evaluation or a prediction by how many of them there were.
/// </remarks>
internal sealed class StepDraws
{
    private const string LastStep = "last_step";
    private const string Turn = "turn";
    private const string Calls = "calls";

    private long lastStep = -1;
    private long turn;
    private long calls;

    /// <summary>Begins a step of training.</summary>
    public void BeginStep(CallContext context, long step)
    {
        Place(step);
        context.BeginStep((ulong)step, (ulong)turn);
        (lastStep, turn) = (step, turn + 1);
    }

    /// <summary>Begins a batch of a validation within a run.</summary>
    public void BeginValidation(CallContext context, long step, int batch)
    {
        Place(step);
        context.BeginValidation((ulong)step, (ulong)turn, (ulong)batch);
    }

    /// <summary>The number of an evaluation or prediction that begins.</summary>
    public long NextCall() => Interlocked.Increment(ref calls) - 1;

    /// <summary>Forgets all: the seed is another one, or is to give the same numbers again.</summary>
    public void Restart()
    {
        (lastStep, turn) = (-1, 0);
        Interlocked.Exchange(ref calls, 0);
    }

    /// <summary>Writes the counts down, for a run that goes on.</summary>
    public void Save(SavedState into)
    {
        into.Set(LastStep, lastStep);
        into.Set(Turn, turn);
        into.Set(Calls, Interlocked.Read(ref calls));
    }

    /// <summary>Takes the counts of a backup; one of an earlier version has none.</summary>
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
