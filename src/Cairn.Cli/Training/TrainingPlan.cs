using Cairn.Callbacks;
using Cairn.Cli.Data;
using Cairn.Cli.Output;

namespace Cairn.Cli.Training;

/// <summary>Prints data, task, model and settings before the training.</summary>
internal static class TrainingPlan
{
    private const int MostNamedClasses = 12;

    public static void Print(TrainingTask task, IReadOnlyList<Callback> callbacks, TrainSettings settings, CommandConsole console)
    {
        string measured = task.HasValidation ? $"{task.TrainingRows} for training, the last {task.ValidationRows} for validation"
            : "all for training";
        console.Line($"Data       {task.Data.Name}: {task.Data.Rows} rows, {measured}");
        if (task.Data.Attribution is { } attribution)
        {
            console.Line($"           {attribution}");
        }

        console.Line($"Task       {Describe(task)}");
        console.Line($"Model      {settings.Model ?? "a small default model"}: {task.Model.Layers.Count} "
            + $"layers, {Number.Count(task.Model.CountParams())} parameters");
        string optimizer = $"{task.Model.Optimizer!.ClassName}, learning rate {Number.Short(task.Model.Optimizer.LearningRate)}";
        console.Line($"Training   {optimizer}, batches of {settings.BatchSize}, at most {settings.Epochs} epochs, seed {settings.Seed}");
        console.Line($"Callbacks  {(callbacks.Count == 0 ? "none" : string.Join(", ", callbacks.Select(one => one.Name)))}");
        console.Line();
        WarnOfUnseenClasses(task, console);
    }

    private static string Describe(TrainingTask task)
    {
        Targets targets = task.Targets;
        string column = task.Data.Target is { } target ? $"'{target.Name}'" : "the targets";
        if (targets.Classes.Count == 0)
        {
            return $"regression: predict {column} ({targets.Reason})";
        }

        string names = string.Join(", ", targets.Classes.Take(MostNamedClasses)) + (targets.Classes.Count > MostNamedClasses ? ", …" : "");
        return $"classification: predict {column}, one of {targets.Classes.Count} classes ({targets.Reason}): {names}";
    }

    /// <summary>In a file sorted by class, the last classes occur only in the validation rows.</summary>
    private static void WarnOfUnseenClasses(TrainingTask task, CommandConsole console)
    {
        if (task.Targets.Task != TaskKind.Classification || !task.HasValidation)
        {
            return;
        }

        HashSet<float> seen = [.. task.Targets.Values.AsSpan(0, task.TrainingRows)];
        IEnumerable<float> unseenNumbers = task.Targets.Values.Skip(task.TrainingRows).Distinct()
            .Where(value => !seen.Contains(value)).Order();
        string[] unseen = [.. unseenNumbers.Select(value => $"'{task.Targets.Classes[(int)value]}'")];
        if (unseen.Length > 0)
        {
            console.Warn(
                $"only the validation rows contain {string.Join(", ", unseen)}; shuffle the rows of the file, because its last rows are "
                    + "not used for training");
        }
    }
}
