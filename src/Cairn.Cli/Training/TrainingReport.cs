using System.Globalization;
using Cairn.Callbacks;
using Cairn.Cli.Output;

namespace Cairn.Cli.Training;

/// <summary>The closing tables: the result, the events, the evaluation of the best model, and the files.</summary>
internal static class TrainingReport
{
    public static void Print(TrainingOutcome outcome, TrainingTask task, CommandConsole console)
    {
        console.Table("Result", ["item", "value"], Summary(outcome, task));
        TrainingEvent[] events = [.. outcome.History.Events];
        if (events.Length > 0)
        {
            IEnumerable<string[]> rows = events.Select(one => new[] { Text(one.Epoch + 1), one.Callback, one.Message });
            console.Table("Events", [">epoch", "callback", "event"], rows);
        }

        PrintEvaluation(outcome, task, console);
        if (outcome.Files.Count > 0)
        {
            IEnumerable<string[]> rows =
                outcome.Files.Select(file => new[] { file.Path, Number.Size(new FileInfo(file.Path).Length), file.Content });
            console.Table("Files", ["file", ">size", "content"], rows);
        }

        if (outcome.Interrupted)
        {
            PrintHowToGoOn(outcome, console);
        }
    }

    private static IEnumerable<string[]> Summary(TrainingOutcome outcome, TrainingTask task)
    {
        History history = outcome.History;
        yield return ["ended by", EndedBy(outcome)];
        yield return ["epochs run", $"{history.Epochs.Count} of {outcome.Settings.Epochs - outcome.Settings.InitialEpoch}"];
        int best = outcome.Watched.BestIndex(history);
        if (best >= 0)
        {
            yield return ["best epoch", $"{history.Epochs[best] + 1}: {string.Join(", ", At(history, best, outcome.Watched.Name))}"];
        }

        if (outcome.ValueBefore is { } before)
        {
            yield return [$"{task.DefaultMonitor} before this training", Number.Exact(before)];
        }

        if (history.TryGetValue("learning_rate", out IReadOnlyList<double>? rates) && rates.Count > 0)
        {
            int reductions = history.Events.Count(one => one.Kind == EventKind.LearningRateReduced);
            string range = $"{Number.Short(rates[0])} initially, {Number.Short(task.Model.Optimizer!.LearningRate)} finally";
            yield return ["learning rate", $"{range}, {(reductions == 0 ? "never reduced" : $"reduced {Times(reductions)}")}"];
        }

        yield return ["models saved", Times(history.Events.Count(one => one.Kind == EventKind.ModelSaved))];
        yield return ["time", string.Create(CultureInfo.InvariantCulture, $"{outcome.Duration.TotalSeconds:F1} s")];
    }

    private static string EndedBy(TrainingOutcome outcome)
    {
        TrainingEvent? ending = outcome.History.Events.LastOrDefault(one => one.Kind is EventKind.TrainingStopped or EventKind.Interrupted);
        return ending is null ? "the last epoch"
            : $"{(ending.Kind == EventKind.Interrupted ? "interruption" : ending.Callback)}: {ending.Message}";
    }

    /// <summary>The monitored value first, then the other values of that epoch.</summary>
    private static IEnumerable<string> At(History history, int index, string watched) => history.Keys
        .Where(name => name != "learning_rate" && index < history[name].Count)
        .OrderBy(name => name == watched ? 0 : name.StartsWith("val_", StringComparison.Ordinal) ? 1 : 2)
        .Select(name => $"{name} {Number.Short(history[name][index])}");

    private static void PrintEvaluation(TrainingOutcome outcome, TrainingTask task, CommandConsole console)
    {
        if (outcome.Evaluation is not { } evaluation)
        {
            return;
        }

        SavedModel saved = outcome.Saved!;
        string rows = task.HasValidation ? $"{task.ValidationRows} validation rows" : $"{task.Data.Rows} rows";
        string title = $"The saved model ({saved.Description}), loaded again from {saved.Path}, on the {rows}";
        // Without validation, the values of an epoch were computed while the weights changed, so they can't be compared.
        if (saved.HistoryIndex is not { } index || !task.HasValidation)
        {
            console.Table(title, ["metric", ">loaded again"], evaluation.Select(entry => new[] { entry.Key, Number.Exact(entry.Value) }));
            return;
        }

        string[] columns = ["metric", ">loaded again", $">in epoch {outcome.History.Epochs[index] + 1}", "equal"];
        console.Table(title, columns, evaluation.Select(entry => Compared(outcome.History["val_" + entry.Key][index], entry)));
    }

    private static string[] Compared(double then, KeyValuePair<string, double> now) =>
        [now.Key, Number.Exact(now.Value), Number.Exact(then),
        then.Equals(now.Value) ? "yes" : $"differs by {Number.Short(now.Value - then)}"];

    private static void PrintHowToGoOn(TrainingOutcome outcome, CommandConsole console)
    {
        console.Line();
        if (outcome.Settings.Backup is { } folder)
        {
            console.Line($"Interrupted; backed up in {folder}. The same command resumes from there:");
            console.Line($"  {GoingOn.SameCommand(outcome.Settings)}");
            return;
        }

        if (outcome.Saved is not { } saved)
        {
            console.Line("Interrupted before a model was saved. To start again:");
            console.Line($"  {GoingOn.Command(outcome.Settings, null, outcome.Settings.InitialEpoch)}");
            return;
        }

        int next = saved.HistoryIndex is { } index ? outcome.History.Epochs[index] + 1 : outcome.Settings.InitialEpoch;
        console.Line($"Interrupted. To continue from the saved model ({saved.Description}):");
        console.Line($"  {GoingOn.Command(outcome.Settings, saved.Path, next)}");
    }

    private static string Times(int count) => count == 1 ? "once" : count == 0 ? "never" : $"{Text(count)} times";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
