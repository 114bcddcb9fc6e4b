using Cairn.Callbacks;
using Cairn.Data;

namespace Cairn.Training;

/// <summary>The way of a run through epochs and batches, and the moments at which callbacks are called.</summary>
internal sealed class TrainingLoop(
    Model model, TrainingStep step, MetricSet metrics, CallbackList callbacks, TensorDataset train, EvaluationLoop? validation, FitSettings settings)
{
    private readonly int steps = settings.StepsPerEpoch ?? train.BatchCount;
    private int pass = settings.InitialEpoch;
    private int next;
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

        // Whoever asks to stop before anything was done still gets one batch, as in Keras: an epoch without any has no loss to tell.
        for (int epoch = settings.InitialEpoch; epoch < settings.Epochs && !(epoch > settings.InitialEpoch && model.StopTraining); epoch++)
        {
            interrupted = cancellation.IsCancellationRequested;
            if (interrupted)
            {
                RecordInterruption(epoch, null);
                break;
            }

            callbacks.OnEpochBegin(epoch);
            metrics.Reset();
            for (int batch = 0; batch < steps && !(batch > 0 && model.StopTraining); batch++)
            {
                if (next == train.BatchCount && batch > 0) break;
                if (next is 0 || next == train.BatchCount) BeginPass();
                callbacks.OnTrainBatchBegin(batch);
                step.Run(train, next++);
                callbacks.OnTrainBatchEnd(batch, callbacks.UsesTrainBatchHooks ? new Logs(() => metrics.Results()) : null);
                interrupted = cancellation.IsCancellationRequested && batch + 1 < steps;
                if (interrupted)
                {
                    RecordInterruption(epoch, batch);
                    break;
                }
            }

            if (interrupted) break;
            List<KeyValuePair<string, double>> values = [.. metrics.Results()];
            if (validation is not null && settings.ValidationFreq.Includes(epoch)) values.AddRange(validation.Run(callbacks, "val_"));
            logs = new Logs(values);
            callbacks.OnEpochEnd(epoch, logs);
        }

        // Keras' interrupted training ends with an exception and so without this.
        if (interrupted) callbacks.BreakLine();
        else model.Optimizer?.FinalizeVariableValues();
        callbacks.OnTrainEnd(logs);
    }

    // A pass over the data is an epoch, unless stepsPerEpoch says otherwise: then epochs go on where the last one stopped, and one
    // that meets the end of the data ends early, as in Keras.
    private void BeginPass()
    {
        next = 0;
        if (settings.Shuffle) train.Reorder(new RandomStream(settings.Seed, RandomPurpose.Shuffling, (ulong)pass).NextPermutation(train.Count));
        pass++;
    }

    // An interrupted epoch has no end: no validation, no epoch hooks, no checkpoint of a half-trained epoch.
    private void RecordInterruption(int epoch, int? batch) => callbacks.History?.Add(new TrainingEvent(
        epoch,
        batch,
        nameof(Model.Fit),
        EventKind.Interrupted,
        null,
        null,
        $"training was interrupted {(batch is { } b ? $"after batch {b + 1} of epoch {epoch + 1}" : $"before epoch {epoch + 1}")}",
        null));
}
