using System.Globalization;
using Cairn.Dashboard.Runs;
using Cairn.Optimizers;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <content>Actions requested on the page.</content>
public sealed partial class LivePage
{
    private const int MostAsked = 1000;
    private const string Page = "asked for on the page";

    /// <summary>Accepts an action, on any thread. It is performed on the training thread, between two batches.</summary>
    private string? Ask(RequestedAction action)
    {
        if (ended)
        {
            return "the training has ended";
        }

        if (asked.Count >= MostAsked)
        {
            return "too many actions are waiting for the end of a batch";
        }

        if (action.Kind is ActionKind.Rate or ActionKind.Halve)
        {
            if (Model.Optimizer is not { } optimizer)
            {
                return "the model has no optimizer";
            }

            if (optimizer.Schedule is { } schedule)
            {
                return $"the learning rate follows the schedule {schedule.ClassName} and can't be set";
            }
        }

        asked.Enqueue(action);
        isAsked = true;
        return null;
    }

    private void DoWhatIsAsked()
    {
        isAsked = false;
        while (asked.TryDequeue(out RequestedAction? action))
        {
            Do(action);
            nextTick = 0;
        }
    }

    private void Do(RequestedAction action)
    {
        switch (action.Kind)
        {
            case ActionKind.Stop:
                Record(EventKind.StopRequested, $"stop after this epoch, {Page}");
                break;
            case ActionKind.Save:
                Save();
                break;
            case ActionKind.Rate:
                SetRate(action.Value);
                break;
            case ActionKind.Halve:
                SetRate((Model.Optimizer?.LearningRate ?? 0) / 2);
                break;
            case ActionKind.Note:
                Record(EventKind.Note, Printable.Of(action.Text));
                break;
            default:
                break;
        }
    }

    // The request is an event of the history, and so part of every backup: a resumed run stops as well.
    private void StopIfAsked(int epoch)
    {
        if (!Model.StopTraining && history is not null
            && history.Events.Any(one => one.Kind == EventKind.StopRequested && one.Epoch == epoch && one.Callback == Name))
        {
            Model.StopTraining = true;
            Record(EventKind.TrainingStopped, $"training stops after epoch {epoch + 1}, {Page}");
        }
    }

    private void SetRate(double rate)
    {
        if (Model.Optimizer is not { Schedule: null } optimizer || !((float)rate > 0))
        {
            Warn($"{Name}: the learning rate could not be set to {PythonNumber.Repr(rate)}, {Page}.");
            return;
        }

        double old = optimizer.LearningRate;
        optimizer.LearningRate = rate;
        Record(EventKind.LearningRateSet,
            $"learning rate set to {PythonNumber.Repr((float)rate)}, {Page}", old, optimizer.LearningRate);
    }

    private void Save()
    {
        string path = FreePath();
        try
        {
            Model.Save(path);
            Record(EventKind.LastModelSaved, $"model saved to {path}, {Page}", path: path);
        }
        catch (Exception exception) when (SaveErrors.AreOf(exception) || exception is NotSupportedException or InvalidOperationException)
        {
            Warn($"{Name}: the model could not be saved to '{path}'; training continues: {exception.Message}");
        }
    }

    private string FreePath()
    {
        string start = string.Create(CultureInfo.InvariantCulture, $"{Model.Name}-epoch-{speed.Epoch + 1:D4}-batch-{speed.Batch:D5}");
        string path = Path.Combine(SaveDir, $"{start}.keras");
        for (int other = 2; File.Exists(path); other++)
        {
            path = Path.Combine(SaveDir, string.Create(CultureInfo.InvariantCulture, $"{start}-{other}.keras"));
        }

        return path;
    }
}
