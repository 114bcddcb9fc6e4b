namespace Cairn.Training;

/// <summary>
/// Saves a run, so that it can be resumed in another process. Called by the loop between batches, after all callbacks have run their hooks.
/// </summary>
internal interface IRunKeeper
{
    /// <summary>Whether the run resumes an interrupted one.</summary>
    bool IsResuming { get; }

    /// <summary>Whether the run was already complete and is only restored.</summary>
    bool HadEnded { get; }

    /// <summary>Restores the saved run, after OnTrainBegin of the callbacks.</summary>
    void Restore();

    /// <summary>Called after OnTrainBegin of the callbacks in a run that does not resume another.</summary>
    void Began();

    /// <summary>Called after a batch that did not cause training to stop.</summary>
    void BatchEnded();

    /// <summary>Called after an epoch, including its validation.</summary>
    void EpochEnded();

    /// <summary>Called when training is requested to stop early.</summary>
    void Interrupted();

    /// <summary>Called after the last epoch, before OnTrainEnd of the callbacks.</summary>
    void Completed();

    /// <summary>Called after OnTrainEnd of the callbacks.</summary>
    /// <param name="interrupted">Whether training was requested to stop early.</param>
    void Ended(bool interrupted);

    /// <summary>A message for users who lost the process: how much of the run is saved, and how to resume it.</summary>
    string HowToResume { get; }
}
