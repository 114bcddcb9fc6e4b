using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Metrics;
using Cairn.Optimizers;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Saving.Runs;

/// <summary>Captures a run between two batches, backs it up at the requested frequency, and restores it.</summary>
internal sealed class RunKeeper : IRunKeeper, IDisposable
{
    private const string Position = "position";
    private const string Run = "run";
    private const string OptimizerPart = "optimizer";
    private const string RandomPart = "random";
    private const string GeneratorOfLibtorch = "cpu";
    private readonly BackupAndRestore settings;
    private readonly Model model;
    private readonly CallbackList callbacks;
    private readonly RunState at;
    private readonly BackupFolder folder;
    private readonly CheckpointWriter writer;
    private readonly string identity;
    private readonly Stopwatch sinceBackup = Stopwatch.StartNew();
    private (string File, RunSnapshot Snapshot)? found;
    private int batches;
    private bool changed;
    private string? lastBackup;

    /// <summary>Looks for a backup of the run about to start, and rejects a backup of another run.</summary>
    /// <param name="settings">The folder and frequency of backups.</param>
    /// <param name="model">The model, compiled and built, including the optimizer's state.</param>
    /// <param name="callbacks">All callbacks of the run.</param>
    /// <param name="at">The position of the run, which the training loop advances.</param>
    /// <param name="data">The data and their settings.</param>
    /// <exception cref="BackupMismatchException">The backup is of another run.</exception>
    /// <exception cref="ModelFormatException">All backups are damaged.</exception>
    public RunKeeper(BackupAndRestore settings, Model model, CallbackList callbacks, RunState at, JsonObject data)
    {
        (this.settings, this.model, this.callbacks, this.at) = (settings, model, callbacks, at);
        identity = RunIdentity.Of(model, data, callbacks.LastingNames, model.SeedIsDrawn ? null : model.ResolveSeed());
        writer = new CheckpointWriter(settings.Asynchronous, settings.OnError);
        folder = new BackupFolder(settings.BackupDir, settings.Keep);
        folder.Open();
        try
        {
            found = folder.ReadNewest(callbacks.ShowWarning);
            if (found is { } backup && !Accepts(backup.File, backup.Snapshot))
            {
                found = null;
            }
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public bool GoesOn => found is not null;

    public string HowToGoOn => lastBackup is { } file
        ? $"The last backup, '{file}', is complete: run the same program again to resume from it."
        : "There is no backup yet: if run again, the training starts over.";

    public void Restore()
    {
        if (found is not { } backup)
        {
            return;
        }

        Put(backup.File, backup.Snapshot);
        (found, lastBackup) = (null, backup.File);

        // A run that is just starting has its first backup for that.
        writer.Prepare(read =>
        {
            foreach (Variable variable in Variables())
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
    }

    public void BatchEnded()
    {
        writer.Check();
        (batches, changed) = (batches + 1, true);
        if (settings.SaveFreq.Batches is { } every ? batches >= every : settings.SaveFreq.Time is { } time && sinceBackup.Elapsed >= time)
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
        if (changed)
        {
            Save();
        }

        writer.Wait();
    }

    public void Completed()
    {
        // If the backups are kept, they include the end of the run.
        if (changed && !settings.DeleteCheckpoint)
        {
            Save();
        }

        writer.Wait();
    }

    public void Ended(bool interrupted)
    {
        if (!settings.DeleteCheckpoint || interrupted)
        {
            return;
        }

        try
        {
            folder.Delete();
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
    /// Whether the run resumes from a backup. A backup of a run that had not trained yet contains nothing that another run could lose.
    /// </summary>
    /// <exception cref="BackupMismatchException">The backup is of another run, which had trained.</exception>
    private bool Accepts(string file, RunSnapshot snapshot)
    {
        IReadOnlyList<string> differences = RunIdentity.Differences(snapshot.Identity, identity);
        bool isStart = RunState.IsStart(snapshot.Part(Position));
        if (differences.Count > 0 && !isStart)
        {
            throw new BackupMismatchException(file, differences);
        }

        if (differences.Count > 0 || (isStart && HasOtherWeights(snapshot)))
        {
            folder.Discard(file);
            return false;
        }

        if (model.SeedIsDrawn)
        {
            model.Seed = snapshot.Part(Run).GetInt64("seed");
        }

        return true;
    }

    /// <summary>
    /// Whether the model was given weights other than those of a backup. Initial weights are drawn again in each process; those of the
    /// backup win.
    /// </summary>
    private bool HasOtherWeights(RunSnapshot snapshot)
    {
        using DisposeScope scope = NewDisposeScope();
        Variable[] variables = [.. Variables()];
        return variables.Any(variable => variable.WasAssigned)
            && !(variables.Length == snapshot.Variables.Count
            && variables.Zip(snapshot.Variables).All(pair => WeightTransfer.ToData(pair.First).IsSameAs(pair.Second)));
    }

    private void Save()
    {
        (batches, changed) = (0, false);
        sinceBackup.Restart();
        writer.Save(new Backup(this));
    }

    private RunSnapshot Capture(Func<Variable, WeightData> read)
    {
        Optimizer optimizer = model.Optimizer!;
        var run = new SavedState();
        run.Set("seed", (long)model.ResolveSeed());
        run.Set("stop_training", model.StopTraining);
        model.Draws.Save(run);
        var rate = new SavedState();
        rate.Set("steps", optimizer.Steps);
        rate.Set("averages_in_weights", optimizer.Inner.AveragesInWeights);
        rate.Set("learning_rate", optimizer.Schedule is null ? optimizer.LearningRate : null);
        var random = new SavedState();
        using Tensor generator = TorchSharp.torch.random.get_rng_state();
        random.Arrays[GeneratorOfLibtorch] = generator;
        var parts = new OrderedDictionary<string, SavedState?>
            { [Run] = run, [Position] = at.Save(), [OptimizerPart] = rate, [RandomPart] = random };
        Layer[] layers = [.. Parts(model)];
        for (int i = 0; i < layers.Length; i++)
        {
            if (layers[i].SaveState() is { } state)
            {
                parts[OfLayer(i)] = state;
            }
        }

        IReadOnlyList<Metric> metrics = model.GatheringMetrics;
        for (int i = 0; i < metrics.Count; i++)
        {
            parts[OfMetric(i)] = metrics[i].SaveState();
        }

        IReadOnlyList<SavedState?> states = callbacks.SaveStates();
        for (int i = 0; i < states.Count; i++)
        {
            parts[OfCallback(i)] = states[i];
        }

        foreach (SavedState? part in parts.Values)
        {
            ArrayData.TakeFromTensors(part);
        }

        return new RunSnapshot { Identity = identity, Parts = parts, Variables = [.. Variables().Select(read)] };
    }

    private void Put(string file, RunSnapshot snapshot)
    {
        IReadOnlyList<SavedState?> states = [.. callbacks.LastingNames.Select((_, i) => snapshot.Parts.GetValueOrDefault(OfCallback(i)))];
        callbacks.PrepareRestoring(states);
        Variable[] variables = [.. Variables()];
        if (snapshot.Variables.Count != variables.Length)
        {
            throw new ModelFormatException($"the backup has {snapshot.Variables.Count} variables, the run {variables.Length}.", file);
        }

        WeightTransfer.CheckShapes(snapshot.Variables.Zip(variables), file);
        WeightTransfer.Copy(snapshot.Variables.Zip(variables));
        PutLayers(snapshot);
        Optimizer optimizer = model.Optimizer!;
        SavedState rate = snapshot.Part(OptimizerPart);
        (optimizer.Steps, optimizer.Inner.AveragesInWeights) = (rate.GetInt64("steps"), rate.GetBoolean("averages_in_weights"));
        if (rate.GetDoubleOrNull("learning_rate") is { } number)
        {
            optimizer.LearningRate = number;
        }

        model.StopTraining = snapshot.Part(Run).GetBoolean("stop_training");
        model.Draws.Load(snapshot.Part(Run));
        PutRandom(snapshot.Part(RandomPart));
        at.Load(snapshot.Part(Position));
        settings.Restored(file, at);
        PutMetrics(snapshot);
        callbacks.LoadStates(states, at.InEpoch ? at.Epoch : Math.Max(at.Epoch - 1, 0), at.InEpoch);
    }

    private static void PutRandom(SavedState random)
    {
        if (random.GetArray(GeneratorOfLibtorch).SourceArray is not byte[] bytes)
        {
            throw new ModelFormatException("the state of the random generator does not consist of bytes.");
        }

        using Tensor state = tensor(bytes);
        TorchSharp.torch.random.set_rng_state(state);
    }

    private void PutLayers(RunSnapshot snapshot)
    {
        Layer[] layers = [.. Parts(model)];
        for (int i = 0; i < layers.Length; i++)
        {
            if (snapshot.Parts.GetValueOrDefault(OfLayer(i)) is { } state)
            {
                layers[i].LoadState(state);
            }
        }
    }

    private void PutMetrics(RunSnapshot snapshot)
    {
        IReadOnlyList<Metric> metrics = model.GatheringMetrics;
        model.ResetMetrics();
        for (int i = 0; i < metrics.Count; i++)
        {
            if (snapshot.Parts.GetValueOrDefault(OfMetric(i)) is { } state)
            {
                metrics[i].LoadState(state);
            }
            else if (at.InEpoch)
            {
                callbacks.ShowWarning($"The metric '{metrics[i].Name}' does not save its state (see Metric.SaveState); in "
                    + $"epoch {at.Epoch + 1} it only includes the batches after this restart.");
            }
        }
    }

    private IEnumerable<Variable> Variables() => model.Weights.Concat(model.Optimizer!.SlotVariables);

    /// <summary>All layers, including nested ones, each once.</summary>
    private static IEnumerable<Layer> Parts(Layer layer)
    {
        IEnumerable<Layer> inner = (layer is Model nested ? nested.Layers : []).Concat(layer.Sublayers.Select(part => part.Layer));
        return inner.SelectMany(Parts).Prepend(layer).Distinct();
    }

    private sealed class Backup(RunKeeper keeper) : ICheckpoint
    {
        private RunSnapshot? snapshot;

        public void Capture(Func<Variable, WeightData> read) => snapshot = keeper.Capture(read);

        public void Write() => keeper.settings.Saved(keeper.lastBackup = keeper.folder.Write(snapshot!));

        // No event: the history must be the same as that of a run whose disk did not fail.
        public void Failed(Exception exception) =>
            keeper.callbacks.ShowWarning($"{keeper.settings.Name} could not write a backup; training continues: {exception.Message}");
    }

    private static string OfLayer(int index) => string.Create(CultureInfo.InvariantCulture, $"layers/{index}");

    private static string OfMetric(int index) => string.Create(CultureInfo.InvariantCulture, $"metrics/{index}");

    private static string OfCallback(int index) => string.Create(CultureInfo.InvariantCulture, $"callbacks/{index}");
}
