using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Native;
using Cairn.Optimizers;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

// Single steps: on given batches, and as overridden by derived classes.
public abstract partial class Model
{
    private Objective? objective;
    private long appliedAt = -1;
    private bool? overridesTrainStep;
    private bool? overridesComputeLoss;

    /// <summary>Runs a single gradient update on one batch. Keras: <c>train_on_batch</c>.</summary>
    /// <param name="x">
    /// Inputs of one batch, <c>[count, ...]</c>; for a model with several inputs, a list in their order, or arrays by name.
    /// </param>
    /// <param name="y">Targets, <c>[count, ...]</c>; for several outputs, a list in their order, or arrays by name.</param>
    /// <param name="sampleWeight">One weight per sample, <c>[count]</c>.</param>
    /// <param name="classWeight">
    /// Maps class indices to weights of their samples. Can't be combined with <paramref name="sampleWeight"/>.
    /// </param>
    /// <returns>The loss and the metrics of this batch only: the metrics are reset first, as in Keras 3.</returns>
    /// <exception cref="ArgumentException">The data does not match the model or each other.</exception>
    /// <exception cref="InvalidOperationException">The model is not compiled with a loss.</exception>
    public Logs TrainOnBatch(NDArrays x, NDArrays? y = null, NDArrays? sampleWeight = null,
        IReadOnlyDictionary<int, double>? classWeight = null)
    {
        using IDisposable use = uses.Begin(nameof(TrainOnBatch));
        RequireCompiled(nameof(TrainOnBatch));
        if (classWeight is not null && sampleWeight is not null)
        {
            throw new ArgumentException("classWeight and sampleWeight can't both be given; multiply the class weights into sampleWeight.",
                nameof(classWeight));
        }

        ClassWeights.Check(classWeight);
        var names = new ArrayArguments();
        using BatchSource data = WholeBatch(names, x, y, sampleWeight, classWeight);
        ResolvedLosses resolved = Resolve(data, names);
        using OneThread? one = UseThreadsFor(data);
        UpdateTrainedVariables(Optimizer!);
        using var context = new CallContext(training: true, ResolveSeed(), Device);
        Logs logs = OnBatch(resolved.Objective, () => Train(data, context));
        NoteTrained();
        return logs;
    }

    /// <summary>Evaluates the model on one batch. Keras: <c>test_on_batch</c>.</summary>
    /// <param name="x">
    /// Inputs of one batch, <c>[count, ...]</c>; for a model with several inputs, a list in their order, or arrays by name.
    /// </param>
    /// <param name="y">Targets, <c>[count, ...]</c>; for several outputs, a list in their order, or arrays by name.</param>
    /// <param name="sampleWeight">One weight per sample, <c>[count]</c>.</param>
    /// <returns>The loss and the metrics of this batch only: the metrics are reset first, as in Keras 3.</returns>
    /// <exception cref="ArgumentException">The data does not match the model or each other.</exception>
    /// <exception cref="InvalidOperationException">The model is not compiled with a loss.</exception>
    public Logs TestOnBatch(NDArrays x, NDArrays? y = null, NDArrays? sampleWeight = null)
    {
        using IDisposable use = uses.Begin(nameof(TestOnBatch));
        RequireCompiled(nameof(TestOnBatch));
        var names = new ArrayArguments();
        using BatchSource data = WholeBatch(names, x, y, sampleWeight, null);
        ResolvedLosses resolved = Resolve(data, names);
        using OneThread? one = UseThreadsFor(data);
        using CallContext context = InferenceContext();
        return OnBatch(resolved.Objective, () => Test(data, context));
    }

    /// <summary>Returns the model's output for one batch. Keras: <c>predict_on_batch</c>.</summary>
    /// <param name="x">
    /// Inputs of one batch, <c>[count, ...]</c>; for a model with several inputs, a list in their order, or arrays by name.
    /// </param>
    /// <returns>The output, <c>[count, ...]</c>.</returns>
    /// <exception cref="ArgumentException">The inputs do not match the model.</exception>
    /// <exception cref="InvalidOperationException">The model has several outputs; see <c>PredictMany</c>.</exception>
    public NDArray PredictOnBatch(NDArrays x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Predict(x, checked((int)Math.Max(1, x.Count == 0 || x[0].Shape.Rank == 0 ? 1 : x[0].Shape[0])), verbose: 0);
    }

    /// <summary>Runs one training step. Override it to customize training. Keras: <c>train_step</c>.</summary>
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
    /// Tensors created in a step are freed at its end.
    /// </remarks>
    /// <param name="batch">Inputs, targets and weights, in the model's types and on its device.</param>
    /// <param name="context">The context to pass to layers.</param>
    /// <returns>The logs passed to callbacks and the history; null (as here) for the loss and the compiled metrics.</returns>
    protected virtual Logs? TrainStep(Batch batch, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(context);
        Objective minimized = objective ?? throw NotRunning(nameof(TrainStep));
        Optimizer optimizer = Optimizer!;

        Tensor[] yPred;
        BatchLoss loss;
        if (PlanFor(batch, minimized, context) is { } steps)
        {
            (Tensor output, loss) = RunPlan(steps, batch, minimized, context);
            yPred = [output];
        }
        else
        {
            yPred = Apply(batch.Slots.Inputs, context);
            loss = Differentiate(batch, yPred, minimized, context);
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

    /// <summary>Runs one evaluation step, without gradients. Keras: <c>test_step</c>.</summary>
    /// <param name="batch">Inputs, targets and weights, in the model's types and on its device.</param>
    /// <param name="context">The context to pass to layers.</param>
    /// <returns>The logs passed to callbacks and the history; null (as here) for the loss and the compiled metrics.</returns>
    protected virtual Logs? TestStep(Batch batch, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(context);
        Objective minimized = objective ?? throw NotRunning(nameof(TestStep));
        Tensor[] yPred = Infer(batch, context);
        Tensor loss = ComputeLoss(batch, yPred, context);
        metrics!.Update(loss, minimized.OfOutputs, batch, yPred, context.MasksOf(yPred));
        return null;
    }

    /// <summary>Runs one prediction step, without gradients. Keras: <c>predict_step</c>.</summary>
    /// <param name="batch">The inputs, in the model's types and on its device.</param>
    /// <param name="context">The context to pass to layers.</param>
    /// <returns>The outputs, <c>[count, ...]</c>.</returns>
    protected virtual Tensor[] PredictStep(Batch batch, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(context);
        return Infer(batch, context);
    }

    /// <summary>
    /// Computes the loss to minimize: the compiled losses, the losses added by layers, and the regularization penalties. Override it to
    /// compute another one. Keras: <c>compute_loss</c>.
    /// </summary>
    /// <param name="batch">Inputs, targets and weights.</param>
    /// <param name="yPred">The model's outputs.</param>
    /// <param name="context">The context the outputs were computed with.</param>
    /// <returns>A scalar tensor.</returns>
    protected virtual Tensor ComputeLoss(Batch batch, IReadOnlyList<Tensor> yPred, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        return (objective ?? throw NotRunning(nameof(ComputeLoss))).Compute(batch, [.. yPred], context);
    }

    /// <summary>Applies the gradients to the trainable weights and clears them; for a custom <see cref="TrainStep"/>.</summary>
    /// <exception cref="InvalidOperationException">The model is not compiled, or no trainable weight has a gradient.</exception>
    protected void ApplyGradients()
    {
        Optimizer optimizer = Optimizer ?? throw NotRunning(nameof(ApplyGradients));
        if (!optimizer.Built || appliedAt != TrainableChanges)
        {
            // A submodel whose outer model calls this may never have been trained on its own.
            appliedAt = TrainableChanges;
            optimizer.Build(TrainableWeights);
        }

        if (!optimizer.HasGradients)
        {
            throw new InvalidOperationException(
                $"ApplyGradients found no gradient for any trainable weight of the model '{Name}': first call backward() on a loss that "
                    + "depends on them.");
        }

        optimizer.Apply();
    }

    /// <summary>Updates the loss and the metrics with a batch; for custom steps.</summary>
    /// <param name="loss">The loss of the batch.</param>
    /// <param name="batch">Inputs, targets and weights.</param>
    /// <param name="yPred">The model's outputs.</param>
    protected void UpdateMetrics(Tensor loss, Batch batch, IReadOnlyList<Tensor> yPred)
    {
        ArgumentNullException.ThrowIfNull(loss);
        MetricSet set = metrics ?? throw NotRunning(nameof(UpdateMetrics));
        set.Update(loss, objective?.OfOutputs ?? [], batch, [.. yPred.Select(y => y.detach())]);
    }

    /// <summary>
    /// Runs one training step on the current batch. Its tensors are freed at the end; only variables and metric values persist.
    /// </summary>
    /// <returns>The logs of a custom step; null for the metrics.</returns>
    internal Logs? Train(BatchSource data, CallContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        FollowTrainable(Optimizer!);
        Draws.BeginStep(context, Optimizer!.Steps);
        using CallContext.Within within = context.Enter();
        LendBuilder(context);
        Batch batch = data.Current;
        context.Share = batch.Share;
        return batch.Share is null ? TrainStep(batch, context) : StepOfShare(batch, context, training: true);
    }

    /// <summary>Runs one evaluation step on the current batch, without gradients.</summary>
    /// <param name="data">The source of the batch.</param>
    /// <param name="context">The context of the validation or evaluation.</param>
    /// <param name="index">Index of the batch.</param>
    /// <returns>The logs of a custom step; null for the metrics.</returns>
    internal Logs? Test(BatchSource data, CallContext context, int index = 0)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = inference_mode();
        BeginMeasuring(context, index);
        using CallContext.Within within = context.Enter();
        LendBuilder(context);
        Batch batch = data.Current;
        context.Share = batch.Share;
        return batch.Share is null ? TestStep(batch, context) : StepOfShare(batch, context, training: false);
    }

    /// <summary>The outputs of one prediction step, without gradients; they belong to the caller's scope.</summary>
    internal Tensor[] Predict(BatchSource data, CallContext context, int index = 0)
    {
        using IDisposable _ = inference_mode();
        BeginMeasuring(context, index);
        using CallContext.Within within = context.Enter();
        return PredictStep(data.Current, context);
    }

    /// <summary>The context of one evaluation or prediction.</summary>
    private CallContext InferenceContext() => new(training: false, ResolveSeed(), Device) { Call = Draws.NextCall() };

    private void BeginMeasuring(CallContext context, int index)
    {
        if (context.Call is { } call)
        {
            context.BeginInference((ulong)call, (ulong)index);
        }
        else
        {
            Draws.BeginValidation(context, Optimizer?.Steps ?? 0, index);
        }
    }

    /// <summary>Whether a derived class overrides the training step, and so needs no compiled loss.</summary>
    internal bool OverridesTrainStep =>
        overridesTrainStep ??= ((Func<Batch, CallContext, Logs?>)TrainStep).Method.DeclaringType != typeof(Model);

    /// <summary>Whether a derived class overrides the test step, and so may log any names.</summary>
    private bool OverridesTestStep => ((Func<Batch, CallContext, Logs?>)TestStep).Method.DeclaringType != typeof(Model);

    /// <summary>Whether a derived class overrides the compiled loss.</summary>
    internal bool OverridesComputeLoss =>
        overridesComputeLoss ??= ((Func<Batch, IReadOnlyList<Tensor>, CallContext, Tensor>)ComputeLoss).Method.DeclaringType
        != typeof(Model);

    /// <summary>Runs with a loss, then restores the loss of the enclosing run, if a callback started this one.</summary>
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
        // The gradients of a batch that a callback trains on are not shown to the run's callbacks.
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

    /// <summary>Marks the weights as trained.</summary>
    private void NoteTrained()
    {
        foreach (Variable variable in Weights)
        {
            variable.WasTrained = true;
        }
    }

    // Some losses compute the value and the gradient of the output in one pass over memory; otherwise autograd does.
    private BatchLoss Differentiate(Batch batch, Tensor[] yPred, Objective minimized, CallContext context)
    {
        if (trainsAnything && !OverridesComputeLoss && Optimizer!.LossScaleFactor is null
            && minimized.TryDifferentiate(batch, yPred, context, out BatchLoss known, out Tensor? gradient))
        {
            autograd.backward(yPred[minimized.OnlyOutput], gradient);
            gradient.Dispose();
            return minimized.AddPenalties(known);
        }

        Tensor value = ComputeLoss(batch, yPred, context);
        Differentiate(value, Optimizer!);
        return value;
    }

    private void Differentiate(Tensor loss, Optimizer optimizer)
    {
        if (trainsAnything)
        {
            (optimizer.LossScaleFactor is { } factor ? loss * Native.HeldScalar.Held((float)factor) : loss).backward();
        }
    }

    private BatchSource WholeBatch(ArrayArguments names, NDArrays x, NDArrays? y, NDArrays? sampleWeight,
        IReadOnlyDictionary<int, double>? classWeight)
    {
        TensorDataset all = names.Load(x, y, sampleWeight, Layout(x, y), batchSize: int.MaxValue);
        BatchSource data = classWeight is null ? all : new ClassWeightedSource(all, classWeight);
        data.BeginPass(null);
        data.MoveNext();
        return data;
    }

    private InvalidOperationException NotRunning(string step) =>
        new($"{step} can only be called in a training or evaluation step; compile the model and call Fit, Evaluate or TrainOnBatch.");
}
