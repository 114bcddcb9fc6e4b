using Cairn.Callbacks;
using Cairn.Data;

namespace Cairn.Training;

/// <summary>The way of a run through epochs and batches, and the moments at which callbacks are called.</summary>
internal sealed class TrainingLoop(
    Model model, TrainingStep step, MetricSet metrics, CallbackList callbacks, TensorDataset train, EvaluationLoop? validation, FitSettings settings)
{
    private Logs logs = Logs.Empty;

    public void Run(CancellationToken cancellation)
    {
        try
        {
            RunEpochs(cancellation);
        }
        catch (Exception exception)
        {
            callbacks.BreakLine();
            callbacks.EndAfter(exception, logs);
            throw;
        }
    }

    private void RunEpochs(CancellationToken cancellation)
    {
        model.StopTraining = false;
        bool interrupted = false;
        callbacks.OnTrainBegin();
        for (int epoch = settings.InitialEpoch; epoch < settings.Epochs && !model.StopTraining; epoch++)
        {
            interrupted = cancellation.IsCancellationRequested;
            if (interrupted)
            {
                RecordInterruption(epoch, null);
                break;
            }

            callbacks.OnEpochBegin(epoch);
            metrics.Reset();
            if (settings.Shuffle) train.Reorder(new RandomStream(settings.Seed, RandomPurpose.Shuffling, (ulong)epoch).NextPermutation(train.Count));
            for (int batch = 0; batch < train.BatchCount && !model.StopTraining; batch++)
            {
                callbacks.OnTrainBatchBegin(batch);
                step.Run(train, batch);
                callbacks.OnTrainBatchEnd(batch, callbacks.UsesTrainBatchHooks ? new Logs(() => metrics.Results()) : null);
                interrupted = cancellation.IsCancellationRequested && batch + 1 < train.BatchCount;
                if (interrupted)
                {
                    RecordInterruption(epoch, batch);
                    break;
                }
            }

            if (interrupted) break;
            List<KeyValuePair<string, double>> values = [.. metrics.Results()];
            if (validation is not null) values.AddRange(validation.Run(callbacks, "val_"));
            logs = new Logs(values);
            callbacks.OnEpochEnd(epoch, logs);
        }

        if (interrupted) callbacks.BreakLine();
        callbacks.OnTrainEnd(logs);
    }

    // An interrupted epoch has no end: no validation, no epoch hooks, no checkpoint of a half-trained epoch.
    private void RecordInterruption(int epoch, int? batch) => callbacks.History?.Add(new TrainingEvent(
        epoch,
        batch,
        nameof(TrainingLoop),
        EventKind.Interrupted,
        null,
        null,
        $"training was interrupted {(batch is { } b ? $"after batch {b + 1} of epoch {epoch + 1}" : $"before epoch {epoch + 1}")}",
        null));
}
