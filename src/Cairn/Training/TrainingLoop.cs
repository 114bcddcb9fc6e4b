using Cairn.Callbacks;
using Cairn.Data;

namespace Cairn.Training;

/// <summary>The way of a run through epochs and batches, and the moments at which callbacks are called.</summary>
internal sealed class TrainingLoop(
    Model model,
    TrainingStep step,
    MetricSet metrics,
    CallbackList callbacks,
    TensorDataset train,
    EvaluationLoop? validation,
    FitSettings settings,
    RunState at,
    IRunKeeper? keeper = null)
{
    private readonly int steps = settings.StepsPerEpoch ?? train.BatchCount;

    public void Run(CancellationToken cancellation)
    {
        try
        {
            RunEpochs(cancellation);
        }
        catch (Exception exception)
        {
            callbacks.BreakLine();
            callbacks.EndAfter(exception, at.Logs);
            callbacks.Settle();
            throw;
        }
    }

    private void RunEpochs(CancellationToken cancellation)
    {
        model.StopTraining = false;
        Begin();
        bool interrupted = false;

        // Whoever asks to stop before anything was done still gets one batch, as in Keras: an epoch without any has no loss to tell.
        while (at.Epoch < settings.Epochs && !(at.Epoch > settings.InitialEpoch && model.StopTraining && !at.InEpoch))
        {
            interrupted = cancellation.IsCancellationRequested;
            if (!interrupted) RunBatches(cancellation, out interrupted);
            if (interrupted) break;
            EndEpoch();
        }

        if (interrupted)
        {
            // Before the event is recorded, since the run that goes on was not interrupted.
            keeper?.Interrupted();
            RecordInterruption();
            callbacks.BreakLine();
        }
        else
        {
            keeper?.Completed();

            // Keras' interrupted training ends with an exception and so without this.
            model.Optimizer?.FinalizeVariableValues();
        }

        callbacks.OnTrainEnd(at.Logs);
        keeper?.Ended(interrupted);
    }

    private void Begin()
    {
        if (keeper is not { GoesOn: true })
        {
            callbacks.OnTrainBegin();
            return;
        }

        callbacks.AnnounceResuming();
        callbacks.OnTrainBegin();
        keeper.Restore();
        if (at.Next > 0) Reorder(at.Pass - 1);
    }

    private void RunBatches(CancellationToken cancellation, out bool interrupted)
    {
        if (!at.InEpoch)
        {
            callbacks.OnEpochBegin(at.Epoch);
            metrics.Reset();
            (at.InEpoch, at.Batch) = (true, 0);
        }

        interrupted = false;
        while (at.Batch < steps && !(at.Batch > 0 && model.StopTraining))
        {
            if (at.Next == train.BatchCount && at.Batch > 0) break;
            if (at.Next is 0 || at.Next == train.BatchCount) BeginPass();
            callbacks.OnTrainBatchBegin(at.Batch);
            RunStep();
            callbacks.OnTrainBatchEnd(at.Batch++, callbacks.UsesTrainBatchHooks ? new Logs(() => metrics.Results()) : null);
            keeper?.BatchEnded();
            interrupted = cancellation.IsCancellationRequested && at.Batch < steps;
            if (interrupted) break;
        }
    }

    private void RunStep()
    {
        try
        {
            step.Run(train, at.Next++);
        }
        catch (Exception exception) when (OutOfMemory.Is(exception))
        {
            throw OutOfMemory.Ended(exception, at, keeper?.HowToGoOn);
        }
    }

    private void EndEpoch()
    {
        List<KeyValuePair<string, double>> values = [.. metrics.Results()];
        if (validation is not null && settings.ValidationFreq.Includes(at.Epoch)) values.AddRange(validation.Run(callbacks, "val_"));
        at.Logs = new Logs(values);
        callbacks.OnEpochEnd(at.Epoch, at.Logs);
        (at.Epoch, at.InEpoch, at.Batch) = (at.Epoch + 1, false, 0);
        keeper?.EpochEnded();
    }

    // A pass over the data is an epoch, unless stepsPerEpoch says otherwise: then epochs go on where the last one stopped, and one
    // that meets the end of the data ends early, as in Keras.
    private void BeginPass()
    {
        at.Next = 0;
        Reorder(at.Pass++);
    }

    private void Reorder(int pass)
    {
        if (settings.Shuffle) train.Reorder(new RandomStream(settings.Seed, RandomPurpose.Shuffling, (ulong)pass).NextPermutation(train.Count));
    }

    // An interrupted epoch has no end: no validation, no epoch hooks, no checkpoint of a half-trained epoch.
    private void RecordInterruption() => callbacks.History?.Add(new TrainingEvent(
        at.Epoch,
        at.InEpoch ? at.Batch - 1 : null,
        nameof(Model.Fit),
        EventKind.Interrupted,
        null,
        null,
        $"training was interrupted {(at.InEpoch ? $"after batch {at.Batch} of epoch {at.Epoch + 1}" : $"before epoch {at.Epoch + 1}")}",
        null));
}
