using System.Reflection;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

// Single steps: on batches that are passed in, and as a class derived from this one may define them.
public abstract partial class Model
{
    private TrainingStep? trainingStep;
    private EvaluationStep? evaluationStep;
    private bool? overridesTrainStep;
    private bool? overridesComputeLoss;

    /// <summary>One step of training. Keras: <c>train_on_batch</c>.</summary>
    /// <param name="x">Inputs of one batch, <c>[count, ...]</c>; for a model with several inputs a list in their order, or by name.</param>
    /// <param name="y">Targets, <c>[count, ...]</c>, likewise for each output.</param>
    /// <param name="sampleWeight">A weight for each sample, <c>[count]</c>.</param>
    /// <param name="classWeight">A weight for the samples of each class, by class number. Not with <paramref name="sampleWeight"/>.</param>
    /// <returns>The loss and the metrics over all batches since the last <see cref="ResetMetrics"/>, <c>Fit</c> or <c>Evaluate</c>, as in Keras 3.</returns>
    /// <exception cref="ArgumentException">The data do not fit the model or each other.</exception>
    /// <exception cref="InvalidOperationException">The model is not compiled with a loss.</exception>
    public Logs TrainOnBatch(NDArrays x, NDArrays y, NDArrays? sampleWeight = null, IReadOnlyDictionary<int, double>? classWeight = null)
    {
        RequireCompiled(nameof(TrainOnBatch));
        if (classWeight is not null && sampleWeight is not null)
        {
            throw new ArgumentException("classWeight and sampleWeight can't both be given; multiply the class weights into sampleWeight.", nameof(classWeight));
        }

        var names = new ArrayArguments();
        using BatchSource data = WholeBatch(names, x, y, sampleWeight, classWeight);
        Settled settled = Settle(data, names);
        PrepareWeights(Optimizer!);
        using var context = new CallContext(training: true, SettleSeed(), Device);
        trainingStep = new TrainingStep(this, settled.Objective, Optimizer!, metrics!, context);
        return trainingStep.Run(data) ?? new Logs(metrics!.Results());
    }

    /// <summary>Measures one batch. Keras: <c>test_on_batch</c>.</summary>
    /// <param name="x">Inputs of one batch, <c>[count, ...]</c>; for a model with several inputs a list in their order, or by name.</param>
    /// <param name="y">Targets, <c>[count, ...]</c>, likewise for each output.</param>
    /// <param name="sampleWeight">A weight for each sample, <c>[count]</c>.</param>
    /// <returns>The loss and the metrics over all batches since the last <see cref="ResetMetrics"/>, <c>Fit</c> or <c>Evaluate</c>, as in Keras 3.</returns>
    /// <exception cref="ArgumentException">The data do not fit the model or each other.</exception>
    /// <exception cref="InvalidOperationException">The model is not compiled with a loss.</exception>
    public Logs TestOnBatch(NDArrays x, NDArrays y, NDArrays? sampleWeight = null)
    {
        RequireCompiled(nameof(TestOnBatch));
        var names = new ArrayArguments();
        using BatchSource data = WholeBatch(names, x, y, sampleWeight, null);
        Settled settled = Settle(data, names);
        using var context = new CallContext(training: false, 0, Device);
        evaluationStep = new EvaluationStep(this, settled.Objective, metrics!, context);
        return evaluationStep.Run(data) ?? new Logs(metrics!.Results());
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

    /// <summary>Forgets the batches that the loss and the metrics have gathered. Keras: <c>reset_metrics</c>.</summary>
    public void ResetMetrics() => metrics?.Reset();

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
        (trainingStep ?? throw NotRunning(nameof(TrainStep))).Train(batch);
        return null;
    }

    /// <summary>One step of evaluation, without gradients. Keras: <c>test_step</c>.</summary>
    /// <param name="batch">Inputs, targets and weights, in the model's types and on its device.</param>
    /// <param name="context">The context to call layers with.</param>
    /// <returns>What callbacks and the history get to see; null (as here) for the loss and the compiled metrics.</returns>
    protected virtual Logs? TestStep(Batch batch, CallContext context)
    {
        (evaluationStep ?? throw NotRunning(nameof(TestStep))).Test(batch);
        return null;
    }

    /// <summary>One step of prediction, without gradients. Keras: <c>predict_step</c>.</summary>
    /// <param name="batch">The inputs, in the model's types and on its device.</param>
    /// <param name="context">The context to call layers with.</param>
    /// <returns>The outputs, <c>[count, ...]</c>.</returns>
    protected virtual Tensor[] PredictStep(Batch batch, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return OutputsFor(batch, context);
    }

    /// <summary>The number that training makes small: the compiled losses, what layers add, and regularization. Override it for another one. Keras: <c>compute_loss</c>.</summary>
    /// <param name="batch">Inputs, targets and weights.</param>
    /// <param name="yPred">The model's outputs.</param>
    /// <param name="context">The context the outputs were computed with.</param>
    /// <returns>A tensor without axes.</returns>
    protected virtual Tensor ComputeLoss(Batch batch, IReadOnlyList<Tensor> yPred, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        Objective objective = trainingStep?.Objective ?? evaluationStep?.Objective ?? throw NotRunning(nameof(ComputeLoss));
        return objective.Compute(batch, [.. yPred], context);
    }

    /// <summary>Changes the weights by their gradients and clears these; for a <see cref="TrainStep"/> of one's own.</summary>
    protected void ApplyGradients() => (Optimizer ?? throw NotRunning(nameof(ApplyGradients))).Apply(trainingStep?.Watch);

    /// <summary>Takes a batch into account in the loss and the metrics; for steps of one's own.</summary>
    /// <param name="loss">The batch's loss.</param>
    /// <param name="batch">Inputs, targets and weights.</param>
    /// <param name="yPred">The model's outputs.</param>
    protected void UpdateMetrics(Tensor loss, Batch batch, IReadOnlyList<Tensor> yPred)
    {
        ArgumentNullException.ThrowIfNull(loss);
        MetricSet set = metrics ?? throw NotRunning(nameof(UpdateMetrics));
        set.Update(loss, trainingStep?.Objective.OfOutputs ?? evaluationStep?.Objective.OfOutputs ?? [], batch, [.. yPred.Select(y => y.detach())]);
    }

    /// <summary>Whether a derived class trains in its own way, and so may do without a compiled loss.</summary>
    internal bool OverridesTrainStep => overridesTrainStep ??= Overrides(nameof(TrainStep));

    /// <summary>Whether a derived class has another loss than the compiled one.</summary>
    internal bool OverridesComputeLoss => overridesComputeLoss ??= Overrides(nameof(ComputeLoss));

    internal Logs? RunTrainStep(Batch batch, CallContext context) => TrainStep(batch, context);

    internal Logs? RunTestStep(Batch batch, CallContext context) => TestStep(batch, context);

    internal Tensor[] RunPredictStep(Batch batch, CallContext context) => PredictStep(batch, context);

    internal Tensor RunComputeLoss(Batch batch, IReadOnlyList<Tensor> yPred, CallContext context) => ComputeLoss(batch, yPred, context);

    /// <summary>The outputs for a batch.</summary>
    internal Tensor[] OutputsFor(Batch batch, CallContext context)
    {
        Tensor[] inputs = batch.Slots.Inputs;
        return inputs.Length == 1 && !HasSeveralOutputs ? [Forward(inputs[0], context)] : Forward(inputs, CallArguments.For(inputs.Length), context);
    }

    private BatchSource WholeBatch(ArrayArguments names, NDArrays x, NDArrays y, NDArrays? sampleWeight, IReadOnlyDictionary<int, double>? classWeight)
    {
        ArgumentNullException.ThrowIfNull(y);
        TensorDataset all = names.Load(x, y, sampleWeight, Layout(), batchSize: int.MaxValue);
        BatchSource data = classWeight is null ? all : new ClassWeightedSource(all, classWeight);
        data.BeginPass(null);
        data.MoveNext();
        return data;
    }

    private bool Overrides(string step) =>
        GetType().GetMethod(step, BindingFlags.Instance | BindingFlags.NonPublic)!.DeclaringType != typeof(Model);

    private InvalidOperationException NotRunning(string step) =>
        new($"{step} is for steps of training or evaluation; compile the model and call Fit, Evaluate or TrainOnBatch.");
}
