using System.Collections;
using System.Runtime.CompilerServices;

namespace Cairn.Callbacks;

/// <summary>A list of callbacks that are called in order. Keras: <c>callbacks.CallbackList</c>.</summary>
/// <remarks>
/// All callbacks of a hook receive the same <see cref="Logs"/>, a sorted copy of the logs passed in: values added by one callback are
/// visible to later ones. A nested list is flattened. A callback without batch hooks is not called for batches. An exception of a user
/// callback is wrapped in a <see cref="CallbackException"/>, which names the callback and the hook.
/// </remarks>
public sealed partial class CallbackList : Callback, IReadOnlyList<Callback>
{
    private readonly List<Callback> callbacks;
    private readonly Callback[] trainBatch;
    private readonly Callback[] testBatch;
    private readonly Callback[] predictBatch;
    private readonly Callback[] gradients;
    private readonly CallbackContext context;
    private int blocks;
    private readonly Model? model;

    /// <summary>Creates a list of callbacks and attaches them to a model.</summary>
    /// <param name="callbacks">The callbacks, in call order; null for none.</param>
    /// <param name="model">The model.</param>
    /// <param name="parameters">The parameters of the run; default values if null.</param>
    /// <param name="addHistory">Whether to append a <see cref="History"/> if there is none.</param>
    /// <param name="addProgbar">Whether to append a <see cref="ProgbarLogger"/> if there is none.</param>
    /// <exception cref="ArgumentException">An entry is null.</exception>
    public CallbackList(
        IEnumerable<Callback>? callbacks, Model? model, CallbackParams? parameters = null, bool addHistory = false, bool addProgbar = false)
    {
        this.callbacks = [.. Flatten(callbacks ?? [])];
        this.model = model;
        int missing = this.callbacks.IndexOf(null!);
        if (missing >= 0)
        {
            throw new ArgumentException($"The callback at index {missing} is null.", nameof(callbacks));
        }

        if (parameters is { Rank: > 0 })
        {
            this.callbacks.RemoveAll(callback => callback is { OnlyOnFirstReplica: true });
        }

        History = this.callbacks.OfType<History>().LastOrDefault();
        if (History is null && addHistory)
        {
            this.callbacks.Add(History = new History());
        }

        if (addProgbar && !this.callbacks.OfType<ProgbarLogger>().Any())
        {
            this.callbacks.Add(new ProgbarLogger());
        }

        parameters ??= new CallbackParams();
        context = new CallbackContext(parameters, History);
        Params = parameters;
        if (model is not null)
        {
            Model = model;
        }

        foreach (Callback callback in this.callbacks)
        {
            callback.Params = parameters;
            callback.Context = context;
            if (model is not null)
            {
                callback.Model = model;
            }
        }

        trainBatch = [.. this.callbacks.Where(callback => callback.UsesTrainBatchHooks)];
        testBatch = [.. this.callbacks.Where(callback => callback.UsesTestBatchHooks)];
        predictBatch = [.. this.callbacks.Where(callback => callback.UsesPredictBatchHooks)];
        gradients = [.. this.callbacks.Where(callback => callback.UsesGradients)];
    }

    /// <summary>The history in the list, or null.</summary>
    public History? History { get; }

    /// <inheritdoc/>
    public int Count => callbacks.Count;

    /// <summary>Whether any callback uses the hooks of training batches.</summary>
    public override bool UsesTrainBatchHooks => trainBatch.Length > 0;

    /// <summary>Whether any callback uses the hooks of test batches.</summary>
    public override bool UsesTestBatchHooks => testBatch.Length > 0;

    /// <summary>Whether any callback uses the hooks of prediction batches.</summary>
    public override bool UsesPredictBatchHooks => predictBatch.Length > 0;

    /// <summary>Whether any callback uses gradients.</summary>
    public override bool UsesGradients => gradients.Length > 0;

    /// <inheritdoc/>
    public Callback this[int index] => callbacks[index];

    /// <inheritdoc/>
    public IEnumerator<Callback> GetEnumerator() => callbacks.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Calls <see cref="Callback.OnTrainBegin"/> of the callbacks.</summary>
    /// <param name="logs">Usually empty; null for none.</param>
    public override void OnTrainBegin(Logs? logs = null)
    {
        blocks++;
        context.StartRun();
        foreach (History history in callbacks.OfType<History>())
        {
            history.Clear();
            if (model is not null)
            {
                history.Describe(model, Params);
            }
        }

        begun.Clear();
        failed = null;
        context.MayBeLogged = name => Params.LoggedNames?.Contains(name) != false || callbacks.Exists(callback => callback.MayLog(name));
        foreach (MonitorCallback monitor in callbacks.OfType<MonitorCallback>())
        {
            monitor.CheckNames();
        }

        Each(logs, (callback, shared) =>
        {
            callback.OnTrainBegin(shared);
            begun.Add(callback);
        });
        foreach (MonitorCallback monitor in callbacks.OfType<MonitorCallback>())
        {
            monitor.WarnOfMissingNames();
        }
    }

    /// <summary>Calls <see cref="Callback.OnTrainEnd"/> of the callbacks.</summary>
    /// <param name="logs">The logs of the last epoch; null for none.</param>
    /// <exception cref="InvalidOperationException">No training, evaluation or prediction has begun.</exception>
    public override void OnTrainEnd(Logs? logs = null)
    {
        EndBlock(nameof(OnTrainEnd));
        context.InEpoch = false;
        Each(logs, (callback, shared) =>
        {
            begun.Remove(callback);
            callback.OnTrainEnd(shared);
        });
    }

    /// <summary>Calls <see cref="Callback.OnEpochBegin"/> of the callbacks.</summary>
    /// <param name="epoch">Index of the epoch, from 0.</param>
    /// <param name="logs">Usually empty; null for none.</param>
    public override void OnEpochBegin(int epoch, Logs? logs = null)
    {
        (context.Epoch, context.Batch, context.InEpoch) = (epoch, null, true);
        Each(callbacks, epoch, logs, static (callback, index, shared) => callback.OnEpochBegin(index, shared));
    }

    /// <summary>Calls <see cref="Callback.OnEpochEnd"/> of the callbacks.</summary>
    /// <param name="epoch">Index of the epoch, from 0.</param>
    /// <param name="logs">Loss and metrics; null for none.</param>
    public override void OnEpochEnd(int epoch, Logs? logs = null)
    {
        (context.Epoch, context.Batch) = (epoch, null);
        context.LearningRate = model?.Optimizer?.LearningRate;
        Each(callbacks, epoch, logs, static (callback, index, shared) => callback.OnEpochEnd(index, shared));
    }

    /// <summary>Calls <see cref="Callback.OnTrainBatchBegin"/> of the callbacks.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="logs">Usually empty; null for none.</param>
    public override void OnTrainBatchBegin(int batch, Logs? logs = null) =>
        EachBatch(trainBatch, batch, logs, static (callback, index, shared) => callback.OnTrainBatchBegin(index, shared));

    /// <summary>Calls <see cref="Callback.OnTrainBatchEnd"/> of the callbacks.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="logs">Loss and metrics so far; null for none.</param>
    public override void OnTrainBatchEnd(int batch, Logs? logs = null) =>
        EachBatch(trainBatch, batch, logs, static (callback, index, shared) => callback.OnTrainBatchEnd(index, shared));

    /// <summary>Calls <see cref="Callback.OnGradients"/> of the callbacks.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="gradients">The weights and their gradients.</param>
    public override void OnGradients(int batch, IReadOnlyList<Gradient> gradients)
    {
        context.Batch = batch;
        foreach (Callback callback in this.gradients)
        {
            Guarded(callback, nameof(OnGradients), () => callback.OnGradients(batch, gradients));
        }

        context.Batch = null;
    }

    /// <summary>Calls only <see cref="Callback.OnBatchBegin"/>, Keras' older name of <see cref="OnTrainBatchBegin"/>.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="logs">Usually empty; null for none.</param>
    public override void OnBatchBegin(int batch, Logs? logs = null) =>
        EachBatch(trainBatch, batch, logs, static (callback, index, shared) => callback.OnBatchBegin(index, shared));

    /// <summary>Calls only <see cref="Callback.OnBatchEnd"/>, Keras' older name of <see cref="OnTrainBatchEnd"/>.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="logs">Loss and metrics so far; null for none.</param>
    public override void OnBatchEnd(int batch, Logs? logs = null) =>
        EachBatch(trainBatch, batch, logs, static (callback, index, shared) => callback.OnBatchEnd(index, shared));

    /// <summary>Calls <see cref="Callback.OnTestBegin"/> of the callbacks.</summary>
    /// <param name="logs">Usually empty; null for none.</param>
    public override void OnTestBegin(Logs? logs = null)
    {
        blocks++;
        Each(logs, static (callback, shared) => callback.OnTestBegin(shared));
    }

    /// <summary>Calls <see cref="Callback.OnTestEnd"/> of the callbacks.</summary>
    /// <param name="logs">Loss and metrics; null for none.</param>
    /// <exception cref="InvalidOperationException">No training, evaluation or prediction has begun.</exception>
    public override void OnTestEnd(Logs? logs = null)
    {
        EndBlock(nameof(OnTestEnd));
        Each(logs, static (callback, shared) => callback.OnTestEnd(shared));
    }

    /// <summary>Calls <see cref="Callback.OnTestBatchBegin"/> of the callbacks.</summary>
    /// <param name="batch">Index of the batch, from 0.</param>
    /// <param name="logs">Usually empty; null for none.</param>
    public override void OnTestBatchBegin(int batch, Logs? logs = null) =>
        EachBatch(testBatch, batch, logs, static (callback, index, shared) => callback.OnTestBatchBegin(index, shared));

    /// <summary>Calls <see cref="Callback.OnTestBatchEnd"/> of the callbacks.</summary>
    /// <param name="batch">Index of the batch, from 0.</param>
    /// <param name="logs">Loss and metrics so far; null for none.</param>
    public override void OnTestBatchEnd(int batch, Logs? logs = null) =>
        EachBatch(testBatch, batch, logs, static (callback, index, shared) => callback.OnTestBatchEnd(index, shared));

    /// <summary>Calls <see cref="Callback.OnPredictBegin"/> of the callbacks.</summary>
    /// <param name="logs">Usually empty; null for none.</param>
    public override void OnPredictBegin(Logs? logs = null)
    {
        blocks++;
        Each(logs, static (callback, shared) => callback.OnPredictBegin(shared));
    }

    /// <summary>Calls <see cref="Callback.OnPredictEnd"/> of the callbacks.</summary>
    /// <param name="logs">Usually empty; null for none.</param>
    /// <exception cref="InvalidOperationException">No training, evaluation or prediction has begun.</exception>
    public override void OnPredictEnd(Logs? logs = null)
    {
        EndBlock(nameof(OnPredictEnd));
        Each(logs, static (callback, shared) => callback.OnPredictEnd(shared));
    }

    /// <summary>Calls <see cref="Callback.OnPredictBatchBegin"/> of the callbacks.</summary>
    /// <param name="batch">Index of the batch, from 0.</param>
    /// <param name="logs">Usually empty; null for none.</param>
    public override void OnPredictBatchBegin(int batch, Logs? logs = null) =>
        EachBatch(predictBatch, batch, logs, static (callback, index, shared) => callback.OnPredictBatchBegin(index, shared));

    /// <summary>Calls <see cref="Callback.OnPredictBatchEnd"/> of the callbacks.</summary>
    /// <param name="batch">Index of the batch, from 0.</param>
    /// <param name="logs">Usually empty; null for none.</param>
    public override void OnPredictBatchEnd(int batch, Logs? logs = null) =>
        EachBatch(predictBatch, batch, logs, static (callback, index, shared) => callback.OnPredictBatchEnd(index, shared));

    /// <summary>Records an event of the run itself.</summary>
    internal void Record(TrainingEvent happened) => context.Record(happened);

    /// <summary>Terminates a line that a progress bar left unfinished, for example after an interruption.</summary>
    internal void BreakLine() => context.Line.Break();

    // As in Keras, one counter for all three kinds of blocks, because validation runs within training.
    private void EndBlock(string hook)
    {
        if (blocks == 0)
        {
            throw new InvalidOperationException(
                $"{hook} was called without a corresponding {hook.Replace("End", "Begin", StringComparison.Ordinal)}.");
        }

        blocks--;
    }

    private static IEnumerable<Callback> Flatten(IEnumerable<Callback> callbacks) =>
        callbacks.SelectMany(callback => callback is CallbackList nested ? nested.callbacks : [callback]);

    private void Each(
        IReadOnlyList<Callback> called, int index, Logs? logs, Action<Callback, int, Logs> hook, [CallerMemberName] string name = "")
    {
        Logs shared = logs?.Share() ?? Logs.Empty;
        for (int i = 0; i < called.Count; i++)
        {
            try
            {
                hook(called[i], index, shared);
            }
            catch (Exception e) when (called[i].RunsUserCode)
            {
                ThrowFor(called[i], name, e);
                throw;
            }
        }

        shared.Close();
    }

    private void Each(Logs? logs, Action<Callback, Logs> hook, [CallerMemberName] string name = "")
    {
        context.Batch = null;
        Logs shared = logs?.Share() ?? Logs.Empty;
        foreach (Callback callback in callbacks)
        {
            try
            {
                hook(callback, shared);
            }
            catch (Exception e) when (callback.RunsUserCode)
            {
                ThrowFor(callback, name, e);
                throw;
            }
        }

        shared.Close();
    }

    private void EachBatch(Callback[] called, int batch, Logs? logs, Action<Callback, int, Logs> hook, [CallerMemberName] string name = "")
    {
        if (called.Length == 0)
        {
            return;
        }

        context.Batch = batch;
        Each(called, batch, logs, hook, name);
        context.Batch = null;
    }
}
