namespace Cairn.Training;

/// <summary>Keeps a run, so that it can go on in another process. Called by the loop between batches, when all callbacks had their hooks.</summary>
internal interface IRunKeeper
{
    /// <summary>Whether the run goes on from one that was ended.</summary>
    bool GoesOn { get; }

    /// <summary>Puts everything back as it was; after the callbacks have begun.</summary>
    void Restore();

    /// <summary>The callbacks have begun a run that does not go on from another.</summary>
    void Began();

    /// <summary>A batch is over, and it was not the reason to stop.</summary>
    void BatchEnded();

    /// <summary>An epoch is over, its validation included.</summary>
    void EpochEnded();

    /// <summary>The training is asked to stop before its end.</summary>
    void Interrupted();

    /// <summary>The last epoch is over; the callbacks have not ended the training yet.</summary>
    void Completed();

    /// <summary>The training is over, and all callbacks have ended it.</summary>
    /// <param name="interrupted">Whether it was asked to stop before its end.</param>
    void Ended(bool interrupted);

    /// <summary>What to tell who lost the process: how much of the run is safe, and how to go on.</summary>
    string HowToGoOn { get; }
}
