using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

// Single steps: on batches that are passed in, and as a class derived from this one may define them.
public abstract partial class Model
{
    private Objective? objective;
    private long appliedAt = -1;
    private bool? overridesTrainStep;
    private bool? overridesComputeLoss;

    /// <summary>One step of training. Keras: <c>train_on_batch</c>.</summary>
    /// <param name="x">Inputs of one batch, <c>[count, ...]</c>; for a model with several inputs a list in their order, or by name.</param>
    /// <param name="y">Targets, <c>[count, ...]</c>, likewise for each output.</param>
    /// <param name="sampleWeight">A weight for each sample, <c>[count]</c>.</param>
    /// <param name="classWeight">A weight for the samples of each class, by class number. Not with <paramref name="sampleWeight"/>.</param>
    /// <returns>The loss and the metrics of this batch alone: they are reset before it, as in Keras 3.</returns>
    /// <exception cref="ArgumentException">The data do not fit the model or each other.</exception>
    /// <exception cref="InvalidOperationException">The model is not compiled with a loss.</exception>
    public Logs TrainOnBatch(NDArrays x, NDArrays y, NDArrays? sampleWeight = null, IReadOnlyDictionary<int, double>? classWeight = null)
    {
        using IDisposable use = uses.Begin(nameof(TrainOnBatch));
        RequireCompiled(nameof(TrainOnBatch));
        if (classWeight is not null && sampleWeight is not null)
        {
            throw new ArgumentException("classWeight and sampleWeight can't both be given; multiply the class weights into sampleWeight.",
                nameof(classWeight));
        }

        var names = new ArrayArguments();
        using BatchSource data = WholeBatch(names, x, y, sampleWeight, classWeight);
        Settled settled = Settle(data, names);
        TakeUpTrainable(Optimizer!);
        using var context = new CallContext(training: true, SettleSeed(), Device);
        return OnBatch(settled.Objective, () => Train(data, context));
    }

    /// <summary>Measures one batch. Keras: <c>test_on_batch</c>.</summary>
    /// <param name="x">Inputs of one batch, <c>[count, ...]</c>; for a model with several inputs a list in their order, or by name.</param>
    /// <param name="y">Targets, <c>[count, ...]</c>, likewise for each output.</param>
    /// <param name="sampleWeight">A weight for each sample, <c>[count]</c>.</param>
    /// <returns>The loss and the metrics of this batch alone: they are reset before it, as in Keras 3.</returns>
    /// <exception cref="ArgumentException">The data do not fit the model or each other.</exception>
    /// <exception cref="InvalidOperationException">The model is not compiled with a loss.</exception>
    public Logs TestOnBatch(NDArrays x, NDArrays y, NDArrays? sampleWeight = null)
    {
        using IDisposable use = uses.Begin(nameof(TestOnBatch));
        RequireCompiled(nameof(TestOnBatch));
        var names = new ArrayArguments();
        using BatchSource data = WholeBatch(names, x, y, sampleWeight, null);
        Settled settled = Settle(data, names);
        using var context = new CallContext(training: false, 0, Device);
        return OnBatch(settled.Objective, () => Test(data, context));
    }

    /// <summary>Computes the outputs for one batch. Keras: <c>predict_on_batch</c>.</summary>
    /// <param name="x">Inputs of one batch, <c>[count, ...]</c>; for a model with several inputs a list in their order, or by name.</param>
    /// <returns>The output, <c>[count, ...]</c>.</returns>
    /// <exception cref="ArgumentException">The inputs do not fit the model.</exception>
    /// <exception cref="InvalidOperationException">The model has several outputs; see <c>PredictMany</c>.</exception>
    public NDArray PredictOnBatch(NDArrays x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Predict(x, checked((int)Math.Max(1, x.Count == 0 || x[0].Shape.Rank == 0 ? 1 : x[0].Shape[0])), verbose: 0);
    }

    /// <summary>One step of training; override it to train in a way of one's own. Keras: <c>train_step</c>.</summary>
    /// <remarks>
    /// <code>
    /// protected override Logs? TrainStep(Batch batch, CallContext context)
    /// {
    ///     Tensor yPred = Apply(batch.X, context);
    ///     Tensor loss = ComputeLoss(batch, [yPred], context);
    ///     loss.backward();
    ///     ApplyGradients();
    ///     UpdateMetrics(loss, batch, [yPred]);
    ///     return null;
    /// }
    /// </code>
    /// Tensors made in a step are freed at its end.
    /// </remarks>
    /// <param name="batch">Inputs, targets and weights, in the model's types and on its device.</param>
    /// <param name="context">The context to call layers with.</param>
    /// <returns>What callbacks and the history get to see; null (as here) for the loss and the compiled metrics.</returns>
    protected virtual Logs? TrainStep(Batch batch, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(context);
        Objective minimized = objective ?? throw NotRunning(nameof(TrainStep));
        Optimizer optimizer = Optimizer!;

        Tensor[] yPred = Apply(batch.Slots.Inputs, context);

        // Some losses give the number and the gradient of the output in one pass over memory; otherwise autograd does.
        if (!trainsAnything || OverridesComputeLoss || optimizer.LossScaleFactor is not null
            || !minimized.TryDifferentiate(batch, yPred, context, out BatchLoss loss))
        {
            Tensor value = ComputeLoss(batch, yPred, context);
            Differentiate(value, optimizer);
            loss = value;
        }

        if (trainsAnything)
        {
            optimizer.Apply();
        }

        Tensor?[]? masks = context.MasksOf(yPred);
        for (int i = 0; i < yPred.Length; i++)
        {
            yPred[i] = yPred[i].detach();
        }

        metrics!.Update(loss, minimized.OfOutputs, batch, yPred, masks);
        return null;
    }

    /// <summary>One step of evaluation, without gradients. Keras: <c>test_step</c>.</summary>
    /// <param name="batch">Inputs, targets and weights, in the model's types and on its device.</param>
    /// <param name="context">The context to call layers with.</param>
    /// <returns>What callbacks and the history get to see; null (as here) for the loss and the compiled metrics.</returns>
    protected virtual Logs? TestStep(Batch batch, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(context);
        Objective minimized = objective ?? throw NotRunning(nameof(TestStep));
        Tensor[] yPred = Apply(batch.Slots.Inputs, context);
        Tensor loss = ComputeLoss(batch, yPred, context);
        metrics!.Update(loss, minimized.OfOutputs, batch, yPred, context.MasksOf(yPred));
        return null;
    }

    /// <summary>One step of prediction, without gradients. Keras: <c>predict_step</c>.</summary>
    /// <param name="batch">The inputs, in the model's types and on its device.</param>
    /// <param name="context">The context to call layers with.</param>
    /// <returns>The outputs, <c>[count, ...]</c>.</returns>
    protected virtual Tensor[] PredictStep(Batch batch, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Apply(batch.Slots.Inputs, context);
    }

    /// <summary>The loss to minimize: the compiled losses, what layers add, and the penalties of regularizers. Override it for another one. Keras: <c>compute_loss</c>.</summary>
    /// <param name="batch">Inputs, targets and weights.</param>
    /// <param name="yPred">The model's outputs.</param>
    /// <param name="context">The context the outputs were computed with.</param>
    /// <returns>A tensor without axes.</returns>
    protected virtual Tensor ComputeLoss(Batch batch, IReadOnlyList<Tensor> yPred, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        return (objective ?? throw NotRunning(nameof(ComputeLoss))).Compute(batch, [.. yPred], context);
    }

    /// <summary>Changes the trainable weights by their gradients and clears these; for a <see cref="TrainStep"/> of one's own.</summary>
    /// <exception cref="InvalidOperationException">The model is not compiled, or no trainable weight has a gradient.</exception>
    protected void ApplyGradients()
    {
        Optimizer optimizer = Optimizer ?? throw NotRunning(nameof(ApplyGradients));
        if (!optimizer.Built || appliedAt != TrainableChanges)
        {
            // A part of another model, whose step calls this, was perhaps never trained by itself.
            appliedAt = TrainableChanges;
            optimizer.Build(TrainableWeights);
        }

        if (!optimizer.HasGradients)
        {
            throw new InvalidOperationException(
                $"ApplyGradients of the model '{Name}' finds no gradient of any trainable weight: call backward() on a loss that depends "
                    + "on them before.");
        }

        optimizer.Apply();
    }

    /// <summary>Takes a batch into account in the loss and the metrics; for steps of one's own.</summary>
    /// <param name="loss">The batch's loss.</param>
    /// <param name="batch">Inputs, targets and weights.</param>
    /// <param name="yPred">The model's outputs.</param>
    protected void UpdateMetrics(Tensor loss, Batch batch, IReadOnlyList<Tensor> yPred)
    {
        ArgumentNullException.ThrowIfNull(loss);
        MetricSet set = metrics ?? throw NotRunning(nameof(UpdateMetrics));
        set.Update(loss, objective?.OfOutputs ?? [], batch, [.. yPred.Select(y => y.detach())]);
    }

    /// <summary>Runs one step of training on the batch at hand. Its tensors are freed at its end; what lasts belongs to a variable or is a number in a metric.</summary>
    /// <returns>What a step of one's own wants to be logged; null for the metrics.</returns>
    internal Logs? Train(BatchSource data, CallContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        FollowTrainable(Optimizer!);
        context.BeginStep((ulong)Optimizer!.Steps);
        return TrainStep(data.Current, context);
    }

    /// <summary>Runs one step of evaluation on the batch at hand, without gradients.</summary>
    /// <returns>What a step of one's own wants to be logged; null for the metrics.</returns>
    internal Logs? Test(BatchSource data, CallContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = inference_mode();
        context.BeginStep(0);
        return TestStep(data.Current, context);
    }

    /// <summary>The outputs of one step of prediction, without gradients; they belong to the caller's scope.</summary>
    internal Tensor[] Predict(BatchSource data, CallContext context)
    {
        using IDisposable _ = inference_mode();
        context.BeginStep(0);
        return PredictStep(data.Current, context);
    }

    /// <summary>Whether a derived class trains in its own way, and so may do without a compiled loss.</summary>
    internal bool OverridesTrainStep =>
        overridesTrainStep ??= ((Func<Batch, CallContext, Logs?>)TrainStep).Method.DeclaringType != typeof(Model);

    /// <summary>Whether a derived class has another loss than the compiled one.</summary>
    internal bool OverridesComputeLoss =>
        overridesComputeLoss ??= ((Func<Batch, IReadOnlyList<Tensor>, CallContext, Tensor>)ComputeLoss).Method.DeclaringType
        != typeof(Model);

    /// <summary>Runs with a loss, and puts back that of the run around it, if this one was begun by a callback.</summary>
    private T Minimizing<T>(Objective with, Func<T> run)
    {
        Objective? outer = objective;
        objective = with;
        try
        {
            return run();
        }
        finally
        {
            objective = outer ?? with;
        }
    }

    private Logs OnBatch(Objective with, Func<Logs?> step)
    {
        // The gradients of a batch that a callback trains on are not those that the run's callbacks watch.
        Action<IReadOnlyList<Gradient>>? watch = Optimizer!.Watch;
        Optimizer.Watch = null;
        try
        {
            ResetMetrics();
            return Minimizing(with, step) ?? new Logs(MetricResults());
        }
        finally
        {
            Optimizer.Watch = watch;
        }
    }

    private void Differentiate(Tensor loss, Optimizer optimizer)
    {
        if (trainsAnything)
        {
            (optimizer.LossScaleFactor is { } factor ? loss * (float)factor : loss).backward();
        }
    }

    private BatchSource WholeBatch(ArrayArguments names, NDArrays x, NDArrays y, NDArrays? sampleWeight,
        IReadOnlyDictionary<int, double>? classWeight)
    {
        ArgumentNullException.ThrowIfNull(y);
        TensorDataset all = names.Load(x, y, sampleWeight, Layout(x, y), batchSize: int.MaxValue);
        BatchSource data = classWeight is null ? all : new ClassWeightedSource(all, classWeight);
        data.BeginPass(null);
        data.MoveNext();
        return data;
    }

    private InvalidOperationException NotRunning(string step) =>
        new($"{step} is for steps of training or evaluation; compile the model and call Fit, Evaluate or TrainOnBatch.");
}
