using Cairn.Training;

namespace Cairn.Saving.Runs;

/// <summary>
/// The part of a process other than the first in the backups of a run: it takes the run that is resumed from the first process, and gives
/// its metrics to the backups that are written in the middle of an epoch.
/// </summary>
internal sealed class RunFollower : IRunKeeper
{
    private readonly RunParts parts;
    private readonly IDistributedRun together;
    private readonly bool savesBetweenBatches;
    private RunSnapshot? found;

    private RunFollower(RunParts parts, IDistributedRun together, bool savesBetweenBatches, RunSnapshot? found, bool hadEnded) =>
        (this.parts, this.together, this.savesBetweenBatches, this.found, HadEnded, IsResuming) =
        (parts, together, savesBetweenBatches, found, hadEnded, found is not null);

    public bool IsResuming { get; }

    public bool HadEnded { get; }

    public string HowToResume => "The first process has the backups: run the same program again to resume from the last one.";

    /// <summary>Tells the other processes whether the first keeps backups, and which run it resumes.</summary>
    /// <param name="keeper">The keeper of the first process, if it has one; null in the others.</param>
    /// <param name="parts">The run.</param>
    /// <param name="together">The processes.</param>
    /// <returns>What the loop of this process calls; null if there are no backups.</returns>
    public static IRunKeeper? Join(RunKeeper? keeper, RunParts parts, IDistributedRun together)
    {
        bool isKept = together.FirstDecides(keeper is not null);
        bool savesBetweenBatches = together.FirstDecides(keeper is { SavesBetweenBatches: true });
        bool goesOn = together.FirstDecides(keeper is { IsResuming: true });
        bool hadEnded = together.FirstDecides(keeper is { HadEnded: true });
        string file = keeper?.Resumed ?? Path.Combine(Path.GetTempPath(), $"cairn-{Guid.NewGuid():N}.backup");
        if (goesOn)
        {
            together.CopyFile(file);
        }

        if (!isKept || keeper is not null)
        {
            return keeper;
        }

        try
        {
            return new RunFollower(parts, together, savesBetweenBatches, goesOn ? RunFile.Read(file) : null, hadEnded);
        }
        finally
        {
            File.Delete(file);
        }
    }

    public void Restore()
    {
        if (found is { } snapshot)
        {
            parts.Put("the backup of the first process", snapshot, HadEnded);
            found = null;
        }
    }

    public void Began()
    {
    }

    public void BatchEnded()
    {
        if (savesBetweenBatches && together.FirstDecides(decision: false))
        {
            parts.Gather();
        }
    }

    public void EpochEnded()
    {
    }

    public void Interrupted()
    {
        if (together.FirstDecides(decision: false))
        {
            parts.Gather();
        }
    }

    public void Completed()
    {
    }

    public void Ended(bool interrupted)
    {
    }
}
