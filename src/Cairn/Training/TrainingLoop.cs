using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.Training;

/// <summary>Runs the epochs and batches of a training, and calls the callbacks.</summary>
internal sealed class TrainingLoop(
    Model model,
    CallContext context,
    CallbackList callbacks,
    BatchSource train,
    EvaluationLoop? validation,
    IReadOnlyList<OutputLoss> losses,
    FitSettings settings,
    RunState at,
    ModelUses.Use use,
    IRunKeeper? keeper = null,
    IDistributedRun? together = null)
{
    // The logs returned by a custom TrainStep, if any.
    private Logs? own;

    public void Run(CancellationToken cancellation)
    {
        Optimizer optimizer = model.Optimizer!;
        Action<IReadOnlyList<Gradient>>? outer = optimizer.Watch;
        optimizer.Watch = callbacks.UsesGradients ? gradients => callbacks.OnGradients(at.Batch, gradients) : null;
        try
        {
            RunEpochs(cancellation);
        }
        catch (Exception exception)
        {
            together?.Failed(exception);
            callbacks.BreakLine();
            callbacks.EndAfter(exception, at.Logs);
            callbacks.WaitForWrites();
            if (OutOfMemory.Is(exception))
            {
                throw OutOfMemory.BetweenSteps(exception, at, keeper?.HowToResume);
            }

            throw;
        }
        finally
        {
            optimizer.Watch = outer;
        }
    }

    private void RunEpochs(CancellationToken cancellation)
    {
        model.StopTraining = false;
        Begin();
        if (settings.InitialEpoch > 0 && settings.InitialEpoch >= settings.Epochs)
        {
            callbacks.Tell(
                $"Nothing is trained: epochs is {settings.Epochs}, the index of the epoch at which training ends, and initialEpoch is "
                + $"{settings.InitialEpoch}. For {settings.Epochs} more epochs, pass epochs: {settings.InitialEpoch + settings.Epochs}.");
        }

        model.TellHints(callbacks, losses, validates: validation is not null);
        bool interrupted = false;

        // A stop request before the first batch still lets one batch run, as in Keras: an epoch without batches has no loss.
        while (at.Epoch < settings.Epochs && !(at.Epoch > settings.InitialEpoch && model.StopTraining && !at.InEpoch))
        {
            interrupted = cancellation.IsCancellationRequested;
            if (!interrupted)
            {
                RunBatches(cancellation, out interrupted);
            }

            if (interrupted)
            {
                break;
            }

            EndEpoch();
        }

        together?.EpochsEnded();
        if (interrupted)
        {
            // Before the event is recorded, because a resumed run has not been interrupted.
            keeper?.Interrupted();
            RecordInterruption();
            callbacks.BreakLine();
        }
        else
        {
            keeper?.Completed();

            // An interruption in Keras is an exception, which skips this.
            model.Optimizer?.FinalizeVariableValues();
        }

        use.IsEnding = true;
        callbacks.OnTrainEnd(at.Logs);
        keeper?.Ended(interrupted);
    }

    private void Begin()
    {
        model.BeginTraining();
        if (keeper is not { IsResuming: true })
        {
            callbacks.OnTrainBegin();
            keeper?.Began();
            return;
        }

        callbacks.AnnounceResuming(keeper.HadEnded);
        callbacks.OnTrainBegin();
        keeper.Restore();
        if (at.Next > 0 && (at.InEpoch || settings.StepsPerEpoch is not null))
        {
            train.BeginPass(Order(at.Pass - 1));
            train.Skip(at.Next);
        }
    }

    private void RunBatches(CancellationToken cancellation, out bool interrupted)
    {
        if (!at.InEpoch)
        {
            // As in Keras: metrics updated by a callback in OnEpochBegin are part of the epoch.
            model.ResetMetrics();
            model.BeginTraining();
            callbacks.OnEpochBegin(at.Epoch);
            together?.PassBegan();
            (at.InEpoch, at.Batch) = (true, 0);
        }

        int? steps = settings.StepsPerEpoch ?? train.BatchCount;
        while (!(at.Batch >= steps) && !(at.Batch > 0 && model.StopTraining) && MoveNext(at.Batch == 0, cancellation))
        {
            callbacks.OnTrainBatchBegin(at.Batch);
            RunStep();
            for (int i = 1; i < settings.StepsPerExecution && !(at.Batch >= steps) && MoveNext(isFirst: false, cancellation); i++)
            {
                RunStep();
            }

            callbacks.OnTrainBatchEnd(at.Batch - 1, BatchLogs());
            together?.BatchEnded(test: false);
            keeper?.BatchEnded();
            if (cancellation.IsCancellationRequested)
            {
                break;
            }
        }

        interrupted = cancellation.IsCancellationRequested && !(at.Batch >= steps);
    }

    private void RunStep()
    {
        try
        {
            own = model.Train(train, context);
            at.Batch++;
        }
        catch (Exception exception) when (OutOfMemory.Is(exception))
        {
            throw OutOfMemory.InStep(exception, at, keeper?.HowToResume);
        }
    }

    private Logs? BatchLogs() => together is not null ? together.BatchLogs(own, test: false)
        : own ?? (callbacks.UsesTrainBatchHooks ? new Logs(model.MetricResults) : null);

    private void EndEpoch()
    {
        own = together is null ? own : together.AddUp(own);
        List<KeyValuePair<string, double>> values = [.. model.MetricResultsOr(own)];
        model.TellDoubts(callbacks);
        if (validation is not null && settings.ValidationFreq.Includes(at.Epoch))
        {
            values.AddRange(validation.Run(callbacks, "val_"));
        }

        at.Logs = new Logs(values);
        callbacks.OnEpochEnd(at.Epoch, at.Logs);
        together?.EpochEnded(at.Epoch);
        (at.Epoch, at.InEpoch, at.Batch) = (at.Epoch + 1, false, 0);
        keeper?.EpochEnded();
    }

    // A pass over the data is an epoch, unless stepsPerEpoch is set: then each epoch continues where the last one stopped, and an epoch
    // that reaches the end of the data ends early, as in Keras.
    private bool MoveNext(bool isFirst, CancellationToken cancellation)
    {
        if (isFirst && settings.StepsPerEpoch is null)
        {
            at.Next = 0;
        }

        if (at.Next > 0)
        {
            if (train.MoveNext(cancellation))
            {
                return ++at.Next > 0;
            }

            if (cancellation.IsCancellationRequested)
            {
                return false;
            }

            int taken = at.Next;
            at.Next = 0;
            if (!isFirst)
            {
                WarnOfEnd(taken);
                return false;
            }
        }

        train.BeginPass(Order(at.Pass++));
        if (train.MoveNext(cancellation))
        {
            return ++at.Next > 0;
        }

        if (cancellation.IsCancellationRequested)
        {
            return false;
        }

        throw new InvalidOperationException("The data contains no batches. A sequence must support repeated enumeration, once per epoch.");
    }

    private RandomStream? Order(int pass) =>
        settings.Shuffle ? new RandomStream(settings.Seed, RandomPurpose.Shuffling, (ulong)pass) : null;

    private void WarnOfEnd(int taken)
    {
        if (settings.StepsPerEpoch is not { } asked)
        {
            return;
        }

        callbacks.ShowWarning(
            $"Your input ran out of data; interrupting the epoch. A pass has {taken} batches, but stepsPerEpoch is {asked}; "
            + "for equal epochs, choose a stepsPerEpoch that divides the number of batches, or make the data infinite.");
    }

    // An interrupted epoch does not end: no validation, no epoch hooks, no checkpoint of a partly trained epoch.
    private void RecordInterruption() => callbacks.Record(new TrainingEvent(
        at.Epoch,
        at.InEpoch && at.Batch > 0 ? at.Batch - 1 : null,
        nameof(Model.Fit),
        EventKind.Interrupted,
        null,
        null,
        $"training was interrupted {(at.InEpoch ? $"after batch {at.Batch} of epoch {at.Epoch + 1}" : $"before epoch {at.Epoch + 1}")}",
        null));
}
