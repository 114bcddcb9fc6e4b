using System.Text.Json.Nodes;
using Cairn.Saving;
using Cairn.Saving.Runs;
using Cairn.Training;

namespace Cairn.Callbacks;

/// <summary>
/// Backs up the whole training run, so that a run that is killed and started again continues where it stopped and ends with identical
/// weights, bit for bit. Keras: <c>callbacks.BackupAndRestore</c>.
/// </summary>
/// <example>
/// <code>
/// model.Fit(x, y, epochs: 100, validationSplit: 0.2,
///     callbacks: [new BackupAndRestore("run/backup", saveFreq: 50), new CSVLogger("run/log.csv")]);
/// </code>
/// </example>
/// <remarks>
/// A backup holds the weights, the optimizer's state and learning rate, the position in the epoch and its sample order, the random state,
/// the running sums of loss and metrics, the history with its events, and the state of every callback. It is written between two batches,
/// after all callbacks have run their hooks, regardless of the position of this callback in the list. The first backup is written before
/// the first batch, so that a run that is killed early keeps its seed and its logs. <c>Fit</c> looks for a backup before training begins.
/// Backups record no events, so that an interrupted run has the same history as an uninterrupted one. A complete run is remembered until
/// the program ends: if the program is killed later and started again, the run is restored without training. This also works if the program
/// calls <c>Fit</c> several times on one folder. Each <c>Fit</c> finds its own backup by its arguments, the data and the initial weights.
/// Each backup has a checksum; if the newest one is damaged, the previous one is used, with a warning.
/// </remarks>
public sealed class BackupAndRestore : Callback
{
    private const int LongestName = 100;

    /// <summary>Creates the callback.</summary>
    /// <param name="backupDir">Directory for the backups of the runs of this program. It is created, and deleted when training
    /// completes.</param>
    /// <param name="saveFreq">
    /// How often to back up: <c>"epoch"</c> (default), a number of training batches (1 or more) since the last backup, or a
    /// <see cref="TimeSpan"/>.
    /// </param>
    /// <param name="keep">Number of most recent backups to keep, 1 or more. Default 2, so that one damaged file loses nothing.</param>
    /// <param name="deleteCheckpoint">
    /// Whether to delete the backups when training completes without being interrupted or failing. Default true. If false, starting a
    /// completed run again does not train further.
    /// </param>
    /// <param name="onError">What to do when a backup can't be written: <c>"stop"</c> (default), <c>"warn"</c> or <c>"retry"</c>.</param>
    /// <param name="asynchronous">
    /// Whether to copy the weights between batches and write the backup in the background, so that training waits only for the copy. Only
    /// one backup is written at a time; a failure is thrown after the next batch or at the end. Needs memory for one copy. Default false.
    /// </param>
    /// <param name="runName">
    /// The name of the run, such as <c>"fold 3"</c>, if several runs use the folder at the same time; its backups are stored in a subfolder
    /// with that name. Null (default) for one run at a time.
    /// </param>
    /// <exception cref="ArgumentException">
    /// <paramref name="backupDir"/> is empty, <paramref name="keep"/> is less than 1, or <paramref name="runName"/> is not a valid folder
    /// name.
    /// </exception>
    public BackupAndRestore(
        string backupDir,
        BackupFrequency saveFreq = default,
        int keep = 2,
        bool deleteCheckpoint = true,
        SaveErrorPolicy onError = default,
        bool asynchronous = false,
        string? runName = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(backupDir);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        CheckName(runName);
        RunName = runName;
        BackupDir = backupDir;
        SaveFreq = saveFreq;
        Keep = keep;
        DeleteCheckpoint = deleteCheckpoint;
        OnError = onError;
        Asynchronous = asynchronous;
    }

    /// <summary>The directory, as given.</summary>
    public string BackupDir { get; }

    /// <summary>The name of the run in the folder; null for one run at a time.</summary>
    public string? RunName { get; }

    /// <summary>How often to back up.</summary>
    public BackupFrequency SaveFreq { get; }

    /// <summary>Number of most recent backups to keep.</summary>
    public int Keep { get; }

    /// <summary>Whether to delete the backups when training completes.</summary>
    public bool DeleteCheckpoint { get; }

    /// <summary>What to do when a backup can't be written.</summary>
    public SaveErrorPolicy OnError { get; }

    /// <summary>Whether backups are written in the background.</summary>
    public bool Asynchronous { get; }

    /// <summary>The backup that the last <c>Fit</c> resumed from; null if it started from scratch.</summary>
    public string? RestoredFrom { get; private set; }

    /// <summary>The newest backup written by the last <c>Fit</c>; null if none was written.</summary>
    public string? LastBackup { get; private set; }

    /// <inheritdoc/>
    public override bool OnlyOnFirstReplica => true;

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs) => (RestoredFrom, LastBackup) = (null, null);

    /// <inheritdoc/>
    /// <returns>An empty state.</returns>
    public override SavedState? SaveState() => new();

    /// <summary>Finds the callback in a list; null if there is none.</summary>
    /// <exception cref="ArgumentException">The list has more than one.</exception>
    internal static BackupAndRestore? In(CallbackList callbacks)
    {
        List<BackupAndRestore> all = [.. callbacks.OfType<BackupAndRestore>()];
        return all.Count <= 1 ? all.FirstOrDefault() : throw new ArgumentException(
            $"Only one {nameof(BackupAndRestore)} is allowed per run; the list has {all.Count}, "
                + $"for {string.Join(" and ", all.Select(one => $"'{one.BackupDir}'"))}.", nameof(callbacks));
    }

    /// <summary>
    /// Deletes the backups of the completed runs of this folder, which are otherwise deleted when the program ends. For programs that train
    /// repeatedly without ending.
    /// </summary>
    public void ForgetEndedRuns() => FinishedRuns.ForgetAll(Path.TrimEndingDirectorySeparator(Path.GetFullPath(BackupDir)));

    internal RunKeeper Open(Model model, CallbackList callbacks, RunState at, Func<JsonObject> data, IDistributedRun? together) =>
        new(this, model, callbacks, at, data(), together);

    /// <summary>Called when a run was restored.</summary>
    /// <param name="file">The backup.</param>
    /// <param name="at">The position to resume from; null if the run was already complete.</param>
    internal void Restored(string file, RunState? at)
    {
        RestoredFrom = file;
        if (Params.Verbose > 0)
        {
            Print(at is null ? $"The run is complete; restored from {file}" : $"Resuming from the backup {file} ({at})");
        }
    }

    /// <summary>Whether a folder contains a run to resume or a completed run.</summary>
    internal static bool IsIn(string folder) => new FinishedRuns(Path.GetFullPath(folder), null).Any
        || (Directory.Exists(folder) && Directory.EnumerateFiles(folder).Any(file => !Path.GetFileName(file).StartsWith('.')));

    internal void Saved(string file) => LastBackup = file;

    internal static BackupAndRestore FromConfig(ConfigReader config) => new(
        config.String("backup_dir"),
        BackupFrequency.FromConfig(config, "save_freq"),
        config.Int("keep", 2),
        config.Bool("delete_checkpoint", true),
        config.OptionalString("on_error") ?? "stop",
        config.Bool("asynchronous", false),
        config.OptionalString("run_name"));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["backup_dir"] = BackupDir;
        config["save_freq"] = SaveFreq.ToJson();
        config["keep"] = Keep;
        config["delete_checkpoint"] = DeleteCheckpoint;
        config["on_error"] = OnError.ToString();
        config["asynchronous"] = Asynchronous;
        config["run_name"] = RunName;
    }

    private static void CheckName(string? name)
    {
        if (name is not null && (string.IsNullOrWhiteSpace(name) || name != name.Trim() || name.StartsWith('.') || name.EndsWith('.')
            || name.IndexOfAny(['/', '\\', ':', '*', '?', '"', '<', '>', '|']) >= 0 || name.Any(char.IsControl)
            || name.Length > LongestName))
        {
            throw new ArgumentException(
                $"runName must be a folder name of at most {LongestName} characters, without '/', '\\', ':', '*', '?', '\"', '<', '>', "
                    + $"'|' and line breaks, that neither starts "
                + $"nor ends with a dot or a space; got \"{name}\".",
                "runName");
        }
    }
}
