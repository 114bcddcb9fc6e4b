using System.Runtime.CompilerServices;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Native;
using Cairn.Training;

namespace Cairn;

public abstract partial class Model
{
    /// <summary>Returns the loss and the metrics for the given data. Keras: <c>evaluate</c>.</summary>
    /// <param name="x">Inputs, <c>[samples, ...]</c>; for a model with several inputs, a list in their order, or arrays by name.</param>
    /// <param name="y">
    /// Targets, <c>[samples, ...]</c>; for several outputs, a list in their order, or arrays by name; null (default) if no output needs
    /// one.
    /// </param>
    /// <param name="batchSize">Number of samples per batch; 32 by default.</param>
    /// <param name="verbose">
    /// 0 for silent, 1 for a progress bar, 2 for one line; <c>"auto"</c> (default) is 1 on a terminal and 2 elsewhere.
    /// </param>
    /// <param name="sampleWeight">
    /// Weights for the loss and the weighted metrics: one per sample, <c>[samples]</c>, or one per position of the targets,
    /// <c>[samples, steps]</c>; one array for all outputs, or one for each.
    /// </param>
    /// <param name="steps">Number of batches to evaluate; null (default) for all.</param>
    /// <param name="callbacks">Callbacks to apply.</param>
    /// <param name="cancellationToken">Cancels the evaluation with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The loss and the metrics by name.</returns>
    /// <exception cref="ArgumentException">The data does not match the model or each other.</exception>
    /// <exception cref="InvalidOperationException">The model is not compiled with a loss.</exception>
    /// <exception cref="CallbackException">A user's callback threw an exception.</exception>
    [OverloadResolutionPriority(1)]
    public Logs Evaluate(
        NDArrays x,
        NDArrays? y = null,
        int batchSize = 32,
        Verbosity verbose = default,
        NDArrays? sampleWeight = null,
        int? steps = null,
        IEnumerable<Callback>? callbacks = null,
        CancellationToken cancellationToken = default)
    {
        using ModelUses.Use use = uses.Begin(nameof(Evaluate));
        RequireCompiled(nameof(Evaluate));
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var names = new ArrayArguments();
        using TensorDataset data = names.Load(x, y, sampleWeight, Layout(x, y), batchSize);
        return Evaluate(data, names, verbose, steps, callbacks, cancellationToken);
    }

    /// <summary>Returns the loss and the metrics for data that is loaded batch by batch. Keras: <c>evaluate</c>.</summary>
    /// <param name="data">The batches.</param>
    /// <param name="verbose">
    /// 0 for silent, 1 for a progress bar, 2 for one line; <c>"auto"</c> (default) is 1 on a terminal and 2 elsewhere.
    /// </param>
    /// <param name="steps">Number of batches to evaluate; null (default) for all. Required for endless data.</param>
    /// <param name="callbacks">Callbacks to apply.</param>
    /// <param name="cancellationToken">Cancels the evaluation with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The loss and the metrics by name.</returns>
    /// <exception cref="ArgumentException">The data does not match the model.</exception>
    /// <exception cref="InvalidOperationException">The model is not compiled with a loss, or the data contains no batches.</exception>
    /// <exception cref="CallbackException">A user's callback threw an exception.</exception>
    public Logs Evaluate(
        Dataset data, Verbosity verbose = default, int? steps = null, IEnumerable<Callback>? callbacks = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        using ModelUses.Use use = uses.Begin(nameof(Evaluate));
        RequireCompiled(nameof(Evaluate));
        using BatchSource opened = data.Open(Layout());
        return Evaluate(opened, new ArrayArguments("the inputs of data", "the targets of data"), verbose, steps, callbacks,
            cancellationToken);
    }

    /// <inheritdoc cref="Evaluate(Dataset, Verbosity, int?, IEnumerable{Callback}?, CancellationToken)"/>
    public Logs Evaluate(
        IEnumerable<Batch> data, Verbosity verbose = default, int? steps = null, IEnumerable<Callback>? callbacks = null,
        CancellationToken cancellationToken = default) =>
        Evaluate(Dataset.From(data), verbose, steps, callbacks, cancellationToken);

    /// <inheritdoc cref="Evaluate(Dataset, Verbosity, int?, IEnumerable{Callback}?, CancellationToken)"/>
    public Logs Evaluate(
        IAsyncEnumerable<Batch> data, Verbosity verbose = default, int? steps = null, IEnumerable<Callback>? callbacks = null,
        CancellationToken cancellationToken = default) =>
        Evaluate(Dataset.From(data), verbose, steps, callbacks, cancellationToken);

    private Logs Evaluate(BatchSource data, ArrayArguments names, Verbosity verbose, int? steps, IEnumerable<Callback>? callbacks,
        CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps ?? 1, 1, nameof(steps));
        ResolvedLosses resolved = Resolve(data, names);
        using OneThread? one = UseThreadsFor(data);
        using CallContext context = InferenceContext();
        callbacks = TelemetryCallback.Join(callbacks, out TelemetryCallback? added);
        using TelemetryCallback? telemetry = added;
        CallbackList list = PlainList(callbacks, verbose, data, steps);
        TellHints(list, resolved.Losses, validates: false);
        var loop = new EvaluationLoop(this, context, data, steps, stepsPerExecution);
        return Minimizing(resolved.Objective, () => list.WithWholeLines(() => new Logs(loop.Run(list, cancellation: cancellation))));
    }
}
