using System.Collections;
using System.Runtime.CompilerServices;

namespace Cairn.Callbacks;

/// <summary>Several callbacks called as one, in order. Keras: <c>callbacks.CallbackList</c>.</summary>
/// <remarks>
/// All callbacks of a hook get one and the same <see cref="Logs"/>, a sorted copy of the given ones: what one adds, later ones see.
/// A list within a list is replaced by its callbacks. A callback that uses no batch hook is not called for batches. An exception of a user's callback becomes a
/// <see cref="CallbackException"/>, which names the callback and the hook.
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

    /// <summary>Joins callbacks and attaches them to a model.</summary>
    /// <param name="callbacks">The callbacks in the order in which they are called; null for none.</param>
    /// <param name="model">The model they watch.</param>
    /// <param name="parameters">What they may know about the run; defaults if null.</param>
    /// <param name="addHistory">Whether to append a <see cref="History"/> unless there is one.</param>
    /// <param name="addProgbar">Whether to append a <see cref="ProgbarLogger"/> unless there is one.</param>
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

    /// <summary>The history among the callbacks, if there is one.</summary>
    public History? History { get; }

    /// <inheritdoc/>
    public int Count => callbacks.Count;

    /// <summary>Whether any callback wants to be called for training batches.</summary>
    public override bool UsesTrainBatchHooks => trainBatch.Length > 0;

    /// <summary>Whether any callback wants to be called for test batches.</summary>
    public override bool UsesTestBatchHooks => testBatch.Length > 0;

    /// <summary>Whether any callback wants to be called for prediction batches.</summary>
    public override bool UsesPredictBatchHooks => predictBatch.Length > 0;

    /// <summary>Whether any callback wants to see gradients.</summary>
    public override bool UsesGradients => gradients.Length > 0;

    /// <inheritdoc/>
    public Callback this[int index] => callbacks[index];

    /// <inheritdoc/>
    public IEnumerator<Callback> GetEnumerator() => callbacks.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Training begins.</summary>
    /// <param name="logs">Normally empty; null for none.</param>
    public override void OnTrainBegin(Logs? logs = null)
    {
        blocks++;
        context.StartRun();
        foreach (History history in callbacks.OfType<History>())
        {
            history.Clear();
        }

        begun.Clear();
        failed = null;
        Each(logs, (callback, shared) =>
        {
            callback.OnTrainBegin(shared);
            begun.Add(callback);
        });
    }

    /// <summary>Training has ended.</summary>
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

    /// <summary>An epoch begins.</summary>
    /// <param name="epoch">Index of the epoch, from 0.</param>
    /// <param name="logs">Normally empty; null for none.</param>
    public override void OnEpochBegin(int epoch, Logs? logs = null)
    {
        (context.Epoch, context.Batch, context.InEpoch) = (epoch, null, true);
        Each(callbacks, epoch, logs, static (callback, index, shared) => callback.OnEpochBegin(index, shared));
    }

    /// <summary>An epoch has ended.</summary>
    /// <param name="epoch">Index of the epoch, from 0.</param>
    /// <param name="logs">Loss and metrics; null for none.</param>
    public override void OnEpochEnd(int epoch, Logs? logs = null)
    {
        (context.Epoch, context.Batch) = (epoch, null);
        context.LearningRate = model?.Optimizer?.LearningRate;
        Each(callbacks, epoch, logs, static (callback, index, shared) => callback.OnEpochEnd(index, shared));
    }

    /// <summary>A training batch begins.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="logs">Normally empty; null for none.</param>
    public override void OnTrainBatchBegin(int batch, Logs? logs = null) =>
        EachBatch(trainBatch, batch, logs, static (callback, index, shared) => callback.OnTrainBatchBegin(index, shared));

    /// <summary>A training batch has ended.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="logs">Loss and metrics so far; null for none.</param>
    public override void OnTrainBatchEnd(int batch, Logs? logs = null) =>
        EachBatch(trainBatch, batch, logs, static (callback, index, shared) => callback.OnTrainBatchEnd(index, shared));

    /// <summary>The gradients of a training batch are there.</summary>
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

    /// <summary>Calls Keras' older name of <see cref="OnTrainBatchBegin"/> alone.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="logs">Normally empty; null for none.</param>
    public override void OnBatchBegin(int batch, Logs? logs = null) =>
        EachBatch(trainBatch, batch, logs, static (callback, index, shared) => callback.OnBatchBegin(index, shared));

    /// <summary>Calls Keras' older name of <see cref="OnTrainBatchEnd"/> alone.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="logs">Loss and metrics so far; null for none.</param>
    public override void OnBatchEnd(int batch, Logs? logs = null) =>
        EachBatch(trainBatch, batch, logs, static (callback, index, shared) => callback.OnBatchEnd(index, shared));

    /// <summary>An evaluation or a validation begins.</summary>
    /// <param name="logs">Normally empty; null for none.</param>
    public override void OnTestBegin(Logs? logs = null)
    {
        blocks++;
        Each(logs, static (callback, shared) => callback.OnTestBegin(shared));
    }

    /// <summary>An evaluation or a validation has ended.</summary>
    /// <param name="logs">Loss and metrics; null for none.</param>
    /// <exception cref="InvalidOperationException">No training, evaluation or prediction has begun.</exception>
    public override void OnTestEnd(Logs? logs = null)
    {
        EndBlock(nameof(OnTestEnd));
        Each(logs, static (callback, shared) => callback.OnTestEnd(shared));
    }

    /// <summary>A test batch begins.</summary>
    /// <param name="batch">Index of the batch, from 0.</param>
    /// <param name="logs">Normally empty; null for none.</param>
    public override void OnTestBatchBegin(int batch, Logs? logs = null) =>
        EachBatch(testBatch, batch, logs, static (callback, index, shared) => callback.OnTestBatchBegin(index, shared));

    /// <summary>A test batch has ended.</summary>
    /// <param name="batch">Index of the batch, from 0.</param>
    /// <param name="logs">Loss and metrics so far; null for none.</param>
    public override void OnTestBatchEnd(int batch, Logs? logs = null) =>
        EachBatch(testBatch, batch, logs, static (callback, index, shared) => callback.OnTestBatchEnd(index, shared));

    /// <summary>A prediction begins.</summary>
    /// <param name="logs">Normally empty; null for none.</param>
    public override void OnPredictBegin(Logs? logs = null)
    {
        blocks++;
        Each(logs, static (callback, shared) => callback.OnPredictBegin(shared));
    }

    /// <summary>A prediction has ended.</summary>
    /// <param name="logs">Normally empty; null for none.</param>
    /// <exception cref="InvalidOperationException">No training, evaluation or prediction has begun.</exception>
    public override void OnPredictEnd(Logs? logs = null)
    {
        EndBlock(nameof(OnPredictEnd));
        Each(logs, static (callback, shared) => callback.OnPredictEnd(shared));
    }

    /// <summary>A prediction batch begins.</summary>
    /// <param name="batch">Index of the batch, from 0.</param>
    /// <param name="logs">Normally empty; null for none.</param>
    public override void OnPredictBatchBegin(int batch, Logs? logs = null) =>
        EachBatch(predictBatch, batch, logs, static (callback, index, shared) => callback.OnPredictBatchBegin(index, shared));

    /// <summary>A prediction batch has ended.</summary>
    /// <param name="batch">Index of the batch, from 0.</param>
    /// <param name="logs">Normally empty; null for none.</param>
    public override void OnPredictBatchEnd(int batch, Logs? logs = null) =>
        EachBatch(predictBatch, batch, logs, static (callback, index, shared) => callback.OnPredictBatchEnd(index, shared));

    /// <summary>Records what happened to the run itself.</summary>
    internal void Record(TrainingEvent happened) => context.Record(happened);

    /// <summary>Ends a line that a progress bar left open, for example when training was interrupted.</summary>
    internal void BreakLine() => context.Line.Break();

    // As in Keras, one count for all three kinds of blocks, since a validation lies within a training.
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
