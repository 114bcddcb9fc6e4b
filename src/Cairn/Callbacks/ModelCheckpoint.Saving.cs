using Cairn.Saving;

namespace Cairn.Callbacks;

/// <content>Deciding what to save and where, and reading the best value of an existing file.</content>
public sealed partial class ModelCheckpoint
{
    // The working directory when training began; the program may change it later.
    private string start = "";

    private protected override bool NeedsMonitor => SaveBestOnly || KeepBest is not null;

    private protected override bool WatchesBatches => !SaveFreq.IsEpoch;

    private string What => SaveWeightsOnly ? "weights" : "model";

    // Reports a path that can never be formatted before the first epoch, not after it.
    private void CheckFields()
    {
        if (Params.LoggedNames is not { } logged || Context is not { } context)
        {
            return;
        }

        IReadOnlyList<string> available = Available(logged);
        if (template.Fields.FirstOrDefault(field => !available.Contains(field) && !context.MayBeLogged(field)) is { } unknown)
        {
            throw template.Unknown(unknown, hasBatch: !SaveFreq.IsEpoch, available);
        }
    }

    private void Consider(int epoch, int? batch, Logs logs)
    {
        // If validation does not run after every epoch, the others have no value to compare. Keras saves then and overwrites the best
        // model.
        if (SaveBestOnly && !logs.ContainsKey(Monitor) && ComesLater(Monitor))
        {
            return;
        }

        string path = template.Format(epoch + 1, batch + 1, logs);
        string head = $"\nEpoch {epoch + 1}: ";
        double? current = logs.TryGetValue(Monitor, out double value) ? value : null;
        double? best = Best;
        if (!SaveBestOnly)
        {
            bool isKept = files.WouldKeep(current);
            Say(isKept ? $"{head}saving model to {path}" : $"{head}{Monitor} is not among the {KeepBest} best, not saving");
            Save(epoch, isKept ? path : null, null, current);
        }
        else if (current is null)
        {
            WarnOfMissing(Watched, $"Can save best model only with {Monitor} available.");
            Save(epoch, path, best, null);
        }
        else if (!IsImprovement(current.Value, best))
        {
            Say($"{head}{Monitor} did not improve from {Shown(best)}");
            Save(epoch, null, best, current);
        }
        else
        {
            Say($"{head}{Monitor} improved from {Shown(best)} to {PythonNumber.Fixed(current.Value, 5)}, saving model to {path}");
            SetBest(current.Value);
            Save(epoch, path, best, current);
        }

        static string Shown(double? best) => best is { } number ? PythonNumber.Fixed(number, 5) : "None";
    }

    /// <summary>Saves the model to the path, if there is one, and as the last model, if requested.</summary>
    private void Save(int epoch, string? path, double? before, double? now)
    {
        var paths = new List<string>();
        IReadOnlyList<string> dropped = [];
        if (path is not null)
        {
            dropped = files.Add(path, now);
            if (!IsBetterOnDisk(now))
            {
                paths.Add(path);
                betterOnDisk = null;
            }
        }

        string? last = SaveLast ? PathOfLast(path) : null;
        if (last is not null)
        {
            paths.Add(last);
        }

        if (paths.Count > 0 && !Write(epoch, paths, dropped, path, before, now))
        {
            return;
        }

        if (path is not null)
        {
            Told(epoch, path, before, now);
        }

        if (last is not null)
        {
            Record(EventKind.LastModelSaved, $"{What} saved to {last}", null, now, last);
        }

        foreach (string old in dropped)
        {
            Record(EventKind.ModelDropped, $"{old} is no longer kept", path: old);
        }
    }

    /// <returns>Whether no failure is known.</returns>
    private bool Write(int epoch, List<string> paths, IReadOnlyList<string> dropped, string? path, double? before, double? now)
    {
        var checkpoint = new Checkpoint(this, paths, dropped, path, before)
        {
            Remarks = new CheckpointRemarks(Monitor, SaveBestOnly ? now : null, epoch + 1).ToAttributes(),
        };
        writer.Save(checkpoint);
        return !checkpoint.HasFailed;
    }

    private void Told(int epoch, string path, double? before, double? now)
    {
        if (!Asynchronous)
        {
            Say($"\nEpoch {epoch + 1}: finished saving model to {path}");
        }

        string why = SaveBestOnly ? $" ({Monitor} is {(now is { } value ? PythonNumber.Fixed(value, 5) : "not available")})" : "";
        Record(EventKind.ModelSaved, $"{What} saved to {path}{why}", before, now, path);
    }

    // The best model is the best one stored in a file: the next one need not beat a value whose file could not be written.
    private void Failed(string? path, double? before, Exception exception)
    {
        Warn($"{Name} could not save; training continues: {exception.Message}", $"{FilePath} {SaveErrors.KindOf(exception)}");
        if (path is null)
        {
            return;
        }

        files.Remove(path);
        if (SaveBestOnly)
        {
            Watched.Value = before;
        }
    }

    private void ReadAll(Func<Variable, WeightData> read) => Model.PrepareSave(FilePath, null, SaveWeightsOnly, read).Dispose();

    private string Resolved(string path) => Path.GetFullPath(path, start.Length == 0 ? Environment.CurrentDirectory : start);

    private string PathOfLast(string? path) =>
        Path.Combine(Path.GetDirectoryName(path ?? FilePath) ?? "", "last" + ModelFile.EndingOf(FilePath));

    private void RemoveHalfWritten()
    {
        string folder = Path.GetDirectoryName(Resolved(FilePath))!;
        if (Directory.Exists(folder))
        {
            AtomicFile.RemoveStale(folder);
        }
    }

    private void CheckCount(int? count, string argument)
    {
        if (count is not { } number)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1, argument);
        if (!template.HasFields)
        {
            throw new ArgumentException($"{argument} needs a filepath with fields, such as \"{{epoch}}.keras\"; "
                + $"without them each save overwrites the previous file. filepath is \"{FilePath}\".", argument);
        }
    }

    private void CheckCanBeTaken(bool saveBestOnly, bool saveWeightsOnly)
    {
        string? why = !saveBestOnly ? "requires saveBestOnly: true"
            : template.HasFields ? "requires a filepath without fields, so that the existing file can be found"
            : saveWeightsOnly ? "requires a whole-model file, which stores the best value"
            : null;
        if (why is not null)
        {
            throw new ArgumentException($"initialValueThreshold: \"auto\" {why}; filepath is \"{FilePath}\".", "initialValueThreshold");
        }
    }

    private double? BestOfExistingFile()
    {
        string path = template.Format(1, null, Logs.Empty);
        if (ReadBest(path, out string? why) is { } best)
        {
            Say($"{path} holds a model with {Monitor} {PythonNumber.Fixed(best, 5)}, which the next one must improve on");
            Record(EventKind.BestTaken, $"{Monitor} must improve on {PythonNumber.Fixed(best, 5)} of {path}", newValue: best, path: path);
            return best;
        }

        if (why is not null)
        {
            Warn($"{Name}: can't read the best `{Monitor}` from the existing file {path}, which will be overwritten: {why}");
        }

        return null;
    }

    /// <summary>The best value stored in a file, or null, with the reason if the file exists.</summary>
    private double? ReadBest(string path, out string? why)
    {
        why = null;
        path = Resolved(path);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            // The best value of a file that can't be loaded would keep every later model from being saved.
            Model.CheckFile(path);
            var remarks = CheckpointRemarks.Read(path);
            if (BestIn(remarks) is { } best)
            {
                return best;
            }

            why = remarks.Monitor is { } other && other != Monitor ? $"it was saved for `{other}`" : "it does not store one";
        }
        catch (ModelFormatException e)
        {
            why = e.Message;
        }

        return null;
    }

    private double? BestIn(CheckpointRemarks remarks) =>
        remarks.Monitor == Monitor && remarks.Best is { } best && !double.IsNaN(best) ? best : null;

    private void Say(string message)
    {
        if (Verbose > 0)
        {
            Print(message);
        }
    }
}
