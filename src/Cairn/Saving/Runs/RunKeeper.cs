using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Saving.Runs;

/// <summary>Captures a run between two batches, backs it up at the requested frequency, and restores it.</summary>
internal sealed class RunKeeper : IRunKeeper, IDisposable
{
    private readonly BackupAndRestore settings;
    private readonly Model model;
    private readonly CallbackList callbacks;
    private readonly RunState at;
    private readonly RunParts parts;
    private readonly IDistributedRun? together;
    private readonly BackupFolder folder;
    private readonly CheckpointWriter writer;
    private readonly string identity;
    private readonly Stopwatch sinceBackup = Stopwatch.StartNew();
    private (string File, RunSnapshot Snapshot)? found;
    private int batches;
    private bool changed;

    // Whether the last backup that was due is on the disk. Set by the writing thread; read after waiting for it.
    private volatile bool isLatest;
    private string? lastBackup;

    /// <summary>Looks for a backup of the run about to start, and rejects a backup of another run.</summary>
    /// <param name="settings">The folder and frequency of backups.</param>
    /// <param name="model">The model, compiled and built, including the optimizer's state.</param>
    /// <param name="callbacks">All callbacks of the run.</param>
    /// <param name="at">The position of the run, which the training loop advances.</param>
    /// <param name="data">The data and their settings.</param>
    /// <param name="together">The processes, if several train together; only the first of them has a keeper.</param>
    /// <exception cref="BackupMismatchException">The backup is of another run.</exception>
    /// <exception cref="ModelFormatException">All backups are damaged.</exception>
    public RunKeeper(
        BackupAndRestore settings, Model model, CallbackList callbacks, RunState at, JsonObject data, IDistributedRun? together = null)
    {
        (this.settings, this.model, this.callbacks, this.at, this.together) = (settings, model, callbacks, at, together);
        parts = new RunParts(model, callbacks, at, together);
        identity = RunIdentity.Of(model, data, callbacks.StatefulNames, model.SeedIsDrawn ? null : model.ResolveSeed());
        writer = new CheckpointWriter(settings.Asynchronous, settings.OnError);
        folder = new BackupFolder(settings.BackupDir, settings.Keep, settings.RunName);
        folder.Open();
        try
        {
            found = FindEnded();
            HadEnded = found is not null;
            found ??= FindUnderWay();
            if (found is { } backup && model.SeedIsDrawn)
            {
                model.Seed = backup.Snapshot.Part(RunParts.Run).GetInt64("seed");
            }
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public bool IsResuming => found is not null;

    public bool HadEnded { get; }

    /// <summary>Whether backups are written in the middle of an epoch.</summary>
    public bool SavesBetweenBatches => !settings.SaveFreq.IsEpoch;

    /// <summary>The file of the run that is resumed; null if there is none.</summary>
    public string? Resumed => found?.File;

    public string HowToResume => lastBackup is { } file
        ? $"The last backup, '{folder.Shown(file)}', is complete: run the same program again to resume from it."
        : "There is no backup yet: if run again, the training starts over.";

    public void Restore()
    {
        if (found is not { } backup)
        {
            return;
        }

        string shown = folder.Shown(backup.File);
        parts.Put(shown, backup.Snapshot, HadEnded, () => settings.Restored(shown, HadEnded ? null : at));
        (found, lastBackup, isLatest) = (null, backup.File, true);

        // In a new run, the first backup does this.
        writer.Prepare(read =>
        {
            foreach (Variable variable in parts.Variables)
            {
                read(variable);
            }
        });
        sinceBackup.Restart();
    }

    public void Began()
    {
        // A run that dies before its first batch or epoch ends can then also resume, with the seed it drew and the files its callbacks
        // started.
        Save();
        writer.Wait();
        if (settings.DeleteCheckpoint)
        {
            // They are from another program, or from an earlier version of this one.
            folder.Finished.DeleteUntaken();
        }
    }

    public void BatchEnded()
    {
        writer.Check();
        (batches, changed) = (batches + 1, true);
        if (Agreed(settings.SaveFreq.Batches is { } every ? batches >= every
            : settings.SaveFreq.Time is { } time && sinceBackup.Elapsed >= time))
        {
            Save();
        }
    }

    public void EpochEnded()
    {
        changed = true;
        if (settings.SaveFreq.IsEpoch)
        {
            Save();
        }
    }

    public void Interrupted()
    {
        if (together?.FirstDecides(changed) ?? changed)
        {
            Save();
        }

        writer.Wait();
    }

    public void Completed()
    {
        writer.Wait();
        if (HadEnded || (!changed && isLatest))
        {
            return;
        }

        try
        {
            Save();
            writer.Wait();
        }
        catch (Exception exception) when (settings.DeleteCheckpoint && SaveErrors.AreOf(exception))
        {
            // The training is complete, so its result is returned. It is repeated only if the program is killed after this point.
            Backup.Tell(this, exception);
        }
    }

    public void Ended(bool interrupted)
    {
        if (interrupted)
        {
            return;
        }

        try
        {
            if (HadEnded)
            {
                folder.DeleteIfEmpty();
            }
            else if (settings.DeleteCheckpoint)
            {
                folder.Finish(isLatest ? lastBackup : null);
            }
            else if (lastBackup is not null)
            {
                folder.Finished.Completed(lastBackup);
            }
        }
        catch (Exception exception) when (SaveErrors.AreOf(exception))
        {
            // The run is complete. If run again, it would resume at the end.
            callbacks.ShowWarning($"{settings.Name} could not delete the backups in '{settings.BackupDir}': {exception.Message}");
        }
    }

    public void Dispose()
    {
        writer.Close();
        folder.Dispose();
    }

    /// <summary>
    /// Finds the run itself if it was completed in a process that was killed later: same number of epochs, no differences.
    /// </summary>
    private (string File, RunSnapshot Snapshot)? FindEnded()
    {
        foreach (string file in folder.Finished.Untaken())
        {
            try
            {
                (string saved, long? epochs) = RunFile.ReadIdentity(file);
                if (epochs == settings.Params.Epochs && RunIdentity.Differences(saved, identity).Count == 0)
                {
                    RunSnapshot snapshot = RunFile.Read(file);
                    folder.Finished.Take(file, settings.DeleteCheckpoint);
                    return (file, snapshot);
                }
            }
            catch (ModelFormatException damage)
            {
                callbacks.ShowWarning($"A completed run can't be restored; if it is this one, it is trained again: {damage.Message}");
            }
        }

        return null;
    }

    /// <summary>
    /// Finds the backup to resume from. The backup of another run that has not trained yet is discarded: nothing is lost.
    /// </summary>
    /// <exception cref="BackupMismatchException">The backup is of another run, which had trained.</exception>
    private (string File, RunSnapshot Snapshot)? FindUnderWay()
    {
        if (folder.ReadNewest(warning => callbacks.ShowWarning(warning)) is not { } newest)
        {
            return null;
        }

        IReadOnlyList<string> differences = RunIdentity.Differences(newest.Snapshot.Identity, identity);
        bool isStart = RunState.IsStart(newest.Snapshot.Part(RunParts.Position));
        if (differences.Count == 0 && !(isStart && HasOtherWeights(newest.Snapshot)))
        {
            return newest;
        }

        if (FinishedRuns.IsOfThisProgram(newest.File) && RunIdentity.AreOfAnotherFit(differences))
        {
            folder.MakePlace(newest.File);
        }
        else if (isStart)
        {
            folder.Discard(newest.File);
        }
        else
        {
            throw new BackupMismatchException(folder.Shown(newest.File), differences);
        }

        return null;
    }

    /// <summary>
    /// Whether the model was given weights other than those of a backup. Initial weights are drawn again in each process; those of the
    /// backup take precedence.
    /// </summary>
    private bool HasOtherWeights(RunSnapshot snapshot)
    {
        using DisposeScope scope = NewDisposeScope();
        Variable[] variables = [.. parts.Variables];
        return variables.Any(variable => variable.WasAssigned)
            && !(variables.Length == snapshot.Variables.Count
            && variables.Zip(snapshot.Variables).All(pair => WeightTransfer.ToData(pair.First).IsSameAs(pair.Second)));
    }

    private void Save()
    {
        (batches, changed, isLatest) = (0, false, false);
        sinceBackup.Restart();
        parts.Gather();
        writer.Save(new Backup(this));
    }

    // A backup in the middle of an epoch holds the metrics of all processes.
    private bool Agreed(bool due) => together is null || settings.SaveFreq.IsEpoch ? due : together.FirstDecides(due);

    private sealed class Backup(RunKeeper keeper) : ICheckpoint
    {
        private RunSnapshot? snapshot;

        public void Capture(Func<Variable, WeightData> read) => snapshot =
            keeper.parts.Capture(keeper.identity, keeper.settings.Params.Epochs, read);

        public void Write()
        {
            try
            {
                keeper.lastBackup = keeper.folder.Write(snapshot!);
            }
            catch (RunPartException exception)
            {
                throw keeper.CantBeKept(exception);
            }

            keeper.isLatest = true;
            keeper.settings.Saved(keeper.folder.Shown(keeper.lastBackup));
        }

        public void Failed(Exception exception) => Tell(keeper, exception);

        // No event: the history must be the same as that of a run whose disk did not fail.
        public static void Tell(RunKeeper keeper, Exception exception) => keeper.callbacks.ShowWarning(
            $"{keeper.settings.Name} could not write a backup; training continues: {exception.Message}",
            $"{keeper.settings.Name} {SaveErrors.KindOf(exception)}");
    }

    private Exception CantBeKept(RunPartException problem)
    {
        string[] place = problem.Part.Split('/');
        if (place is ["callbacks", var index])
        {
            return callbacks.StateRefused(int.Parse(index, CultureInfo.InvariantCulture), problem);
        }

        string who = place switch
        {
            ["metrics", var number] => $"metric '{model.MetricsWithState[int.Parse(number, CultureInfo.InvariantCulture)].Name}'",
            ["layers", var number] => $"layer '{parts.Layers.ElementAt(int.Parse(number, CultureInfo.InvariantCulture)).Name}'",
            _ => $"part '{problem.Part}'",
        };
        return new InvalidOperationException($"The state of the {who} can't be backed up: {problem.Message}", problem);
    }
}
