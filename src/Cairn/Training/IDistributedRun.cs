using Cairn.Callbacks;

namespace Cairn.Training;

/// <summary>A run of several processes, between their steps. All processes call the same members in the same order.</summary>
internal interface IDistributedRun : IDisposable
{
    /// <summary>Canceled in all processes after the same batch.</summary>
    CancellationToken Cancellation { get; }

    /// <summary>Called after the hooks of an epoch's or a validation's beginning.</summary>
    void PassBegan();

    /// <summary>
    /// The logs for the hooks of a batch: over the rows of all processes, if a callback of any of them uses these hooks; null otherwise.
    /// </summary>
    /// <param name="own">The logs of a custom step, or null.</param>
    /// <param name="test">Whether it is a batch of a validation.</param>
    Logs? BatchLogs(Logs? own, bool test);

    /// <summary>Called after the hooks of a batch: if one process stops, all do.</summary>
    /// <param name="test">Whether it is a batch of a validation.</param>
    void BatchEnded(bool test);

    /// <summary>Adds up the states of the metrics at the end of an epoch or a validation.</summary>
    /// <param name="own">The logs of a custom step, or null.</param>
    /// <returns>The logs of all processes' custom steps, or null.</returns>
    Logs? AddUp(Logs? own);

    /// <summary>Called after the hooks of an epoch: if one process stops, all do; their weights must be equal.</summary>
    /// <param name="epoch">Index of the epoch.</param>
    void EpochEnded(int epoch);

    /// <summary>What the first process decides.</summary>
    /// <param name="decision">The decision of the first process; ignored in the others.</param>
    bool FirstDecides(bool decision);

    /// <summary>Copies a file of the first process to the others.</summary>
    /// <param name="path">The file; in the other processes, where to write it.</param>
    void CopyFile(string path);

    /// <summary>The states of the metrics for a backup: those of each process, and their sum.</summary>
    GatheredMetrics GatherMetrics();

    /// <summary>
    /// Puts back what <see cref="GatherMetrics"/> gave: for each process its own if there are as many, else all of it for the first.
    /// </summary>
    /// <param name="ofEach">
    /// <see cref="GatheredMetrics.OfEach"/>; null for a backup of one process, whose metrics then count in the first.
    /// </param>
    void PutMetrics(SavedState? ofEach);

    /// <summary>Called after the last epoch, before the hooks of the end.</summary>
    void EpochsEnded();

    /// <summary>Called when the run has come to its end; if it never is, the other processes are told that this one has failed.</summary>
    void Completed();

    /// <summary>Tells the other processes that this one has failed.</summary>
    /// <param name="exception">The exception that ends the run here.</param>
    void Failed(Exception exception);
}
