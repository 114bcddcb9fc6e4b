using System.Diagnostics;
using Cairn.Callbacks;
using Cairn.Cli.Data;
using Cairn.Cli.Histories;
using Cairn.Cli.Models;
using Cairn.Cli.Output;
using Cairn.Distributed;

namespace Cairn.Cli.Training;

/// <summary>A training, from the options to the closing tables.</summary>
/// <param name="settings">The options.</param>
/// <param name="given">The console, on which the first of several processes writes.</param>
internal sealed class TrainingRun(TrainSettings settings, CommandConsole given)
{
    private readonly History history = new();
    private readonly Interruption interruption = new(given.Error);

    /// <summary>Trains.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        using var replicas = Replicas.Join();
        try
        {
            return Run(replicas);
        }
        catch (Exception exception) when (replicas.Size > 1)
        {
            // Before the process ends together with the others.
            given.Error.WriteLine($"cairn: rank {replicas.Rank} of {replicas.Size}: {Failure.Describe(exception)}");
            replicas.Collective.Fail(exception.Message);
            throw;
        }
    }

    private int Run(Replicas replicas)
    {
        bool isFirst = replicas.Rank == 0;
        CommandConsole console = isFirst ? given : new CommandConsole(TextWriter.Null, given.Error);
        using Interruption watching = interruption;
        var task = TrainingTask.Open(settings);
        using Model model = task.Model;
        using var threads = new Threads(model, settings.Threads);
        model.Output = console.Out;
        model.Distribute(new DataParallel(replicas));
        double? before = task.IsTrained ? MeasureBefore(task) : null;
        List<Callback> callbacks =
        [
            .. settings.Callbacks is { } file ? StandardCallbacks.Read(file)
                : StandardCallbacks.Create(task.DefaultMonitor, settings.BestModelPath, before),
        ];
        if (settings.Backup is { } folder)
        {
            callbacks.Add(StandardCallbacks.Backup(folder, settings.BackupEvery, settings.Resume && isFirst));
        }

        using LivePage? page = isFirst && settings.Serve is { } port ? new LivePage(port, name: settings.Out, saveDir: settings.Out) : null;
        if (page is not null)
        {
            callbacks.Add(page);
        }

        TrainingPlan.Print(task, callbacks, settings, console);
        if (isFirst && task.Targets.Classes.Count > 0)
        {
            ClassNames.Write(settings.Out, task.Targets.Classes);
        }

        History earlier = settings.InitialEpoch > 0 && File.Exists(settings.HistoryPath) ? HistoryFiles.Read(settings.HistoryPath)
            : new History();
        var recorder = new HistoryRecorder(settings.HistoryPath, history, earlier, settings.InitialEpoch);
        var clock = Stopwatch.StartNew();
        Fit(task, [.. callbacks, history, recorder, .. settings.Callbacks is null ? [new EventPrinter(history)] : Array.Empty<Callback>()]);
        TimeSpan duration = clock.Elapsed;
        if (!isFirst)
        {
            return interruption.Code ?? ExitCode.Success;
        }

        var watched = Watched.By(callbacks, model, task.DefaultMonitor);
        SavedModel? saved = Saved(model, before is not null);
        TrainingReport.Print(
            new TrainingOutcome
            {
                Settings = settings,
                History = history,
                Watched = watched,
                Duration = duration,
                Saved = saved,
                Evaluation = saved is null ? null : Evaluate(saved.Path, task),
                ValueBefore = before,
                Files = WriteFiles(recorder, task),
            },
            task,
            console);
        return interruption.Code ?? ExitCode.Success;
    }

    private void Fit(TrainingTask task, IReadOnlyList<Callback> callbacks) => task.Model.Fit(
        task.TrainX,
        task.TrainY,
        settings.BatchSize,
        settings.Epochs,
        settings.Verbose,
        callbacks,
        validationData: task.HasValidation ? (task.MeasuredX, task.MeasuredY) : null,
        initialEpoch: settings.InitialEpoch,
        seed: settings.Seed,
        cancellationToken: interruption.Token);

    /// <summary>The value that the first save must improve on, so that a continued training never replaces a better model with a worse
    /// one.</summary>
    private double? MeasureBefore(TrainingTask task)
    {
        Logs logs = task.Model.Evaluate(task.MeasuredX, task.MeasuredY, settings.BatchSize, verbose: 0);
        return logs["loss"];
    }

    private Logs Evaluate(string path, TrainingTask task)
    {
        using var reloaded = Model.Load(path);
        return reloaded.Evaluate(task.MeasuredX, task.MeasuredY, settings.BatchSize, verbose: 0);
    }

    /// <summary>The model to evaluate at the end; if no callback has saved one, the trained model is saved now.</summary>
    private SavedModel? Saved(Model model, bool startedFromTrained)
    {
        TrainingEvent? last = history.Events.LastOrDefault(one =>
            one.Kind == EventKind.ModelSaved && one.Path is { } path && Saving.ModelFile.Named(path) is { HoldsModel: true }
            && File.Exists(path));
        if (last is not null)
        {
            int index = last.Batch is null ? history.Epochs.ToList().IndexOf(last.Epoch) : -1;
            string when = last.Batch is { } batch ? $"epoch {last.Epoch + 1}, batch {batch + 1}" : $"epoch {last.Epoch + 1}";
            return new SavedModel(last.Path!, index < 0 ? null : index, when);
        }

        if (startedFromTrained && settings.Callbacks is null)
        {
            return new SavedModel(settings.Model!, null, "before this training");
        }

        if (history.Epochs.Count == 0 || settings.Callbacks is null)
        {
            return null;
        }

        model.Save(settings.FinalModelPath);
        return new SavedModel(settings.FinalModelPath, null, "at the end");
    }

    private List<(string Path, string Content)> WriteFiles(HistoryRecorder recorder, TrainingTask task)
    {
        List<(string Path, string Content)> files = [];
        foreach (string path in history.Events.Where(one => one.Kind == EventKind.ModelSaved).Select(one => one.Path!).Distinct())
        {
            files.Add((path, path == settings.BestModelPath ? "the best model, for Keras and Cairn" : "saved by ModelCheckpoint"));
        }

        if (File.Exists(settings.FinalModelPath) && settings.Callbacks is not null && files.Count == 0)
        {
            files.Add((settings.FinalModelPath, "the model at the end"));
        }

        if (task.Targets.Classes.Count > 0)
        {
            files.Add((Path.Combine(settings.Out, "classes.json"), "class names, for evaluate and predict"));
        }

        if (history.Epochs.Count == 0)
        {
            return files;
        }
        // Saved again, because it now includes the end of the training.
        recorder.Whole.Save(settings.HistoryPath);
        recorder.Whole.Plot(settings.PlotPath, $"Training of {task.Model.Name}");
        files.Add((settings.HistoryPath, "values of every epoch, in the format of Keras' CSVLogger"));
        files.Add((HistoryCsv.EventsPath(settings.HistoryPath), "events of the callbacks"));
        if (recorder.Whole.Settings.Count > 0)
        {
            files.Add((HistoryCsv.SettingsPath(settings.HistoryPath), "settings of the training"));
        }

        files.Add((settings.PlotPath, "plot of the history"));
        return files;
    }
}
