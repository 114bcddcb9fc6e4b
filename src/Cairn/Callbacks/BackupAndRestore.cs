using System.Text.Json.Nodes;
using Cairn.Saving;
using Cairn.Saving.Runs;
using Cairn.Training;

namespace Cairn.Callbacks;

/// <summary>
/// Backs up the whole run, so that the same program, killed at any instant and started again, goes on and ends with the same bits.
/// Keras: <c>callbacks.BackupAndRestore</c>.
/// </summary>
/// <example>
/// <code>
/// model.Fit(x, y, epochs: 100, validationSplit: 0.2, callbacks: [new BackupAndRestore("run/backup", saveFreq: 50), new CSVLogger("run/log.csv")]);
/// </code>
/// </example>
/// <remarks>
/// A backup holds weights, the optimizer's state and learning rate, the place in the epoch and in its order of samples, the random state,
/// sums of loss and metrics, the history with its events, and the state of every callback. It is written between two batches, when all
/// callbacks have had their hooks, wherever this callback stands in the list; the first one before the first batch, so that a run that dies
/// early goes on with its seed and its logs too. <c>Fit</c> looks for one before it begins. What a backup does is no event, since the history
/// of a run that was ended is to equal that of one that was not.
/// It has a checksum; where the newest backup is damaged, the one before is taken, with a warning.
/// </remarks>
public sealed class BackupAndRestore : Callback
{
    /// <summary>Creates the callback.</summary>
    /// <param name="backupDir">A folder for the backups of this run alone. It is made, and deleted again when the run is complete.</param>
    /// <param name="saveFreq">
    /// <c>"epoch"</c> (default), a number of training batches, 1 or more, counted from the last backup, or a <see cref="TimeSpan"/>.
    /// </param>
    /// <param name="keep">How many backups are kept, the newest; 1 or more, 2 by default, so that a damaged one is no loss.</param>
    /// <param name="deleteCheckpoint">
    /// Whether the backups are deleted when the training has ended in order, neither interrupted nor failed. Default true. Where they stay, a run
    /// that is complete trains no more when it is started again.
    /// </param>
    /// <param name="onError">What to do when a backup can't be written: <c>"stop"</c> (default), <c>"warn"</c> or <c>"retry"</c>.</param>
    /// <param name="asynchronous">
    /// Whether to copy the weights at the batch boundary and write the backup in the background, so that the training waits for the copy alone. One
    /// backup at a time is under way; a failure is thrown after the next batch or at the end. Takes the memory of one copy. Default false.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="backupDir"/> is empty, or <paramref name="keep"/> is less than 1.</exception>
    public BackupAndRestore(string backupDir, BackupFrequency saveFreq = default, int keep = 2, bool deleteCheckpoint = true,
        SaveErrorPolicy onError = default, bool asynchronous = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(backupDir);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        BackupDir = backupDir;
        SaveFreq = saveFreq;
        Keep = keep;
        DeleteCheckpoint = deleteCheckpoint;
        OnError = onError;
        Asynchronous = asynchronous;
    }

    /// <summary>The folder, as given.</summary>
    public string BackupDir { get; }

    /// <summary>How often to back up.</summary>
    public BackupFrequency SaveFreq { get; }

    /// <summary>How many backups are kept.</summary>
    public int Keep { get; }

    /// <summary>Whether the backups are deleted when the training has ended in order.</summary>
    public bool DeleteCheckpoint { get; }

    /// <summary>What to do when a backup can't be written.</summary>
    public SaveErrorPolicy OnError { get; }

    /// <summary>Whether backups are written in the background.</summary>
    public bool Asynchronous { get; }

    /// <summary>The backup that the training of the last <c>Fit</c> went on from; null where it began anew.</summary>
    public string? RestoredFrom { get; private set; }

    /// <summary>The newest backup that the last <c>Fit</c> wrote; null where it wrote none.</summary>
    public string? LastBackup { get; private set; }

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs) => (RestoredFrom, LastBackup) = (null, null);

    /// <inheritdoc/>
    /// <returns>Nothing to remember.</returns>
    public override SavedState? SaveState() => new();

    /// <summary>The one of a list, if there is one.</summary>
    /// <exception cref="ArgumentException">There are several.</exception>
    internal static BackupAndRestore? In(CallbackList callbacks)
    {
        List<BackupAndRestore> all = [.. callbacks.OfType<BackupAndRestore>()];
        return all.Count <= 1 ? all.FirstOrDefault() : throw new ArgumentException(
            $"One run has one {nameof(BackupAndRestore)}; there are {all.Count}, "
                + $"for {string.Join(" and ", all.Select(one => $"'{one.BackupDir}'"))}.", nameof(callbacks));
    }

    internal RunKeeper Open(Model model, CallbackList callbacks, RunState at, Func<JsonObject> data) =>
        new(this, model, callbacks, at, data());

    internal void Restored(string file, RunState at)
    {
        RestoredFrom = file;
        if (Params.Verbose > 0)
        {
            Print($"Going on from the backup {file} ({at})");
        }
    }

    internal void Saved(string file) => LastBackup = file;

    internal static BackupAndRestore FromConfig(ConfigReader config) => new(
        config.String("backup_dir"),
        BackupFrequency.FromConfig(config, "save_freq"),
        config.Int("keep", 2),
        config.Bool("delete_checkpoint", true),
        config.OptionalString("on_error") ?? "stop",
        config.Bool("asynchronous", false));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["backup_dir"] = BackupDir;
        config["save_freq"] = SaveFreq.ToJson();
        config["keep"] = Keep;
        config["delete_checkpoint"] = DeleteCheckpoint;
        config["on_error"] = OnError.ToString();
        config["asynchronous"] = Asynchronous;
    }
}
