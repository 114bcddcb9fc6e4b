using Cairn.Callbacks;
using Cairn.Data;

namespace Cairn.Training;

/// <summary>The way of a run through epochs and batches, and the moments at which callbacks are called.</summary>
internal sealed class TrainingLoop(
    Model model, TrainingStep step, MetricSet metrics, CallbackList callbacks, BatchSource train, EvaluationLoop? validation, FitSettings settings)
{
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
            Logs? own = RunBatches(epoch, out interrupted, cancellation);
            if (interrupted) break;
            List<KeyValuePair<string, double>> values = [.. metrics.ResultsOr(own)];
            if (validation is not null && settings.ValidationFreq.Includes(epoch)) values.AddRange(validation.Run(callbacks, "val_"));
            logs = new Logs(values);
            callbacks.OnEpochEnd(epoch, logs);
        }

        // Keras' interrupted training ends with an exception and so without this.
        if (interrupted) callbacks.BreakLine();
        else model.Optimizer?.FinalizeVariableValues();
        callbacks.OnTrainEnd(logs);
    }

    /// <returns>What the model's own step wants to be logged, if it has one.</returns>
    private Logs? RunBatches(int epoch, out bool interrupted, CancellationToken cancellation)
    {
        interrupted = false;
        Logs? own = null;
        int? steps = settings.StepsPerEpoch ?? train.BatchCount;
        int batch = 0;
        while (!(batch >= steps) && !(batch > 0 && model.StopTraining) && MoveNext(batch == 0, cancellation))
        {
            callbacks.OnTrainBatchBegin(batch);
            own = step.Run(train);
            int executed = 1;
            for (; executed < settings.StepsPerExecution && !(batch + executed >= steps) && MoveNext(false, cancellation); executed++) own = step.Run(train);
            batch += executed;
            callbacks.OnTrainBatchEnd(batch - 1, own ?? (callbacks.UsesTrainBatchHooks ? new Logs(() => metrics.Results()) : null));
            if (cancellation.IsCancellationRequested) break;
        }

        interrupted = cancellation.IsCancellationRequested && !(batch >= steps);
        if (interrupted) RecordInterruption(epoch, batch == 0 ? null : batch - 1);
        return own;
    }

    // A pass over the data is an epoch, unless stepsPerEpoch says otherwise: then epochs go on where the last one stopped, and one
    // that meets the end of the data ends early, as in Keras.
    private bool MoveNext(bool isFirst, CancellationToken cancellation)
    {
        if (isFirst && settings.StepsPerEpoch is null) next = 0;
        if (next > 0)
        {
            if (train.MoveNext(cancellation)) return ++next > 0;
            if (cancellation.IsCancellationRequested) return false;
            int taken = next;
            next = 0;
            if (!isFirst)
            {
                WarnOfEnd(taken);
                return false;
            }
        }

        train.BeginPass(settings.Shuffle ? new RandomStream(settings.Seed, RandomPurpose.Shuffling, (ulong)pass) : null);
        pass++;
        if (train.MoveNext(cancellation)) return ++next > 0;
        if (cancellation.IsCancellationRequested) return false;
        throw new InvalidOperationException("The data hold no batches. A sequence must be one that can be enumerated anew for each epoch.");
    }

    private void WarnOfEnd(int taken)
    {
        if (settings.StepsPerEpoch is not { } asked) return;
        callbacks.ShowWarning(
            $"Your input ran out of data; interrupting the epoch. It gives {taken} batches a pass, and stepsPerEpoch asks for {asked} an epoch; "
            + "to have all epochs alike, choose a stepsPerEpoch that divides their number, or make the data endless.");
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
