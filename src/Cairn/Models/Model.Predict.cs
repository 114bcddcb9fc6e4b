using System.Runtime.CompilerServices;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Native;
using Cairn.Training;

namespace Cairn;

public abstract partial class Model
{
    /// <summary>Generates the model's output for the given inputs. Keras: <c>predict</c>.</summary>
    /// <param name="x">Inputs, <c>[samples, ...]</c>; for a model with several inputs, a list in their order, or arrays by name.</param>
    /// <param name="batchSize">Number of samples per batch; 32 by default.</param>
    /// <param name="verbose">
    /// 0 for silent, 1 for a progress bar, 2 for one line; <c>"auto"</c> (default) is 1 on a terminal and 2 elsewhere.
    /// </param>
    /// <param name="callbacks">Callbacks to apply.</param>
    /// <param name="cancellationToken">Cancels the prediction with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The output, <c>[samples, ...]</c>.</returns>
    /// <exception cref="ArgumentException">The inputs do not match the model.</exception>
    /// <exception cref="InvalidOperationException">The model has several outputs; see <c>PredictMany</c>.</exception>
    /// <exception cref="CallbackException">A user's callback threw an exception.</exception>
    [OverloadResolutionPriority(1)]
    public NDArray Predict(
        NDArrays x, int batchSize = 32, Verbosity verbose = default, IEnumerable<Callback>? callbacks = null,
        CancellationToken cancellationToken = default) =>
        OneOutput(PredictMany(x, batchSize, verbose, callbacks, cancellationToken));

    /// <summary>Generates all outputs of a model with several outputs. Keras: <c>predict</c>.</summary>
    /// <param name="x">Inputs, <c>[samples, ...]</c>; for a model with several inputs, a list in their order, or arrays by name.</param>
    /// <param name="batchSize">Number of samples per batch; 32 by default.</param>
    /// <param name="verbose">
    /// 0 for silent, 1 for a progress bar, 2 for one line; <c>"auto"</c> (default) is 1 on a terminal and 2 elsewhere.
    /// </param>
    /// <param name="callbacks">Callbacks to apply.</param>
    /// <param name="cancellationToken">Cancels the prediction with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The outputs, <c>[samples, ...]</c>, in the model's order.</returns>
    /// <exception cref="ArgumentException">The inputs do not match the model.</exception>
    /// <exception cref="CallbackException">A user's callback threw an exception.</exception>
    [OverloadResolutionPriority(1)]
    public IReadOnlyList<NDArray> PredictMany(
        NDArrays x, int batchSize = 32, Verbosity verbose = default, IEnumerable<Callback>? callbacks = null,
        CancellationToken cancellationToken = default)
    {
        using ModelUses.Use use = uses.Begin(nameof(Predict), alone: false);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (PredictByPlan(x, verbose, callbacks, cancellationToken) is { } outputs)
        {
            return outputs;
        }

        var names = new ArrayArguments();
        using TensorDataset data = names.Load(x, null, null, Layout(x, null), batchSize);
        return Predict(data, names, verbose, null, callbacks, cancellationToken);
    }

    /// <summary>Generates the model's output for data that is loaded batch by batch. Keras: <c>predict</c>.</summary>
    /// <param name="data">The batches; targets, if any, are ignored.</param>
    /// <param name="verbose">
    /// 0 for silent, 1 for a progress bar, 2 for one line; <c>"auto"</c> (default) is 1 on a terminal and 2 elsewhere.
    /// </param>
    /// <param name="steps">Number of batches to predict; null (default) for all. Required for endless data.</param>
    /// <param name="callbacks">Callbacks to apply.</param>
    /// <param name="cancellationToken">Cancels the prediction with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The output, <c>[samples, ...]</c>.</returns>
    /// <exception cref="ArgumentException">The inputs do not match the model.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model has several outputs (see <c>PredictMany</c>), or the data contains no batches.
    /// </exception>
    /// <exception cref="CallbackException">A user's callback threw an exception.</exception>
    public NDArray Predict(
        Dataset data, Verbosity verbose = default, int? steps = null, IEnumerable<Callback>? callbacks = null,
        CancellationToken cancellationToken = default) =>
        OneOutput(PredictMany(data, verbose, steps, callbacks, cancellationToken));

    /// <inheritdoc cref="Predict(Dataset, Verbosity, int?, IEnumerable{Callback}?, CancellationToken)"/>
    public NDArray Predict(
        IEnumerable<Batch> data, Verbosity verbose = default, int? steps = null, IEnumerable<Callback>? callbacks = null,
        CancellationToken cancellationToken = default) =>
        Predict(Dataset.From(data), verbose, steps, callbacks, cancellationToken);

    /// <inheritdoc cref="Predict(Dataset, Verbosity, int?, IEnumerable{Callback}?, CancellationToken)"/>
    public NDArray Predict(
        IAsyncEnumerable<Batch> data, Verbosity verbose = default, int? steps = null, IEnumerable<Callback>? callbacks = null,
        CancellationToken cancellationToken = default) =>
        Predict(Dataset.From(data), verbose, steps, callbacks, cancellationToken);

    /// <summary>Generates all outputs for data that is loaded batch by batch. Keras: <c>predict</c>.</summary>
    /// <param name="data">The batches; targets, if any, are ignored.</param>
    /// <param name="verbose">
    /// 0 for silent, 1 for a progress bar, 2 for one line; <c>"auto"</c> (default) is 1 on a terminal and 2 elsewhere.
    /// </param>
    /// <param name="steps">Number of batches to predict; null (default) for all. Required for endless data.</param>
    /// <param name="callbacks">Callbacks to apply.</param>
    /// <param name="cancellationToken">Cancels the prediction with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The outputs, <c>[samples, ...]</c>, in the model's order.</returns>
    /// <exception cref="ArgumentException">The inputs do not match the model.</exception>
    /// <exception cref="InvalidOperationException">The data contains no batches.</exception>
    /// <exception cref="CallbackException">A user's callback threw an exception.</exception>
    public IReadOnlyList<NDArray> PredictMany(
        Dataset data, Verbosity verbose = default, int? steps = null, IEnumerable<Callback>? callbacks = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        using ModelUses.Use use = uses.Begin(nameof(Predict), alone: false);
        using BatchSource opened = data.Open(Layout());
        return Predict(opened, new ArrayArguments("the inputs of data"), verbose, steps, callbacks, cancellationToken);
    }

    private NDArray[] Predict(BatchSource data, ArrayArguments names, Verbosity verbose, int? steps, IEnumerable<Callback>? callbacks,
        CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps ?? 1, 1, nameof(steps));
        FitInput(data, names.X);
        using OneThread? one = UseThreadsFor(data);
        using CallContext context = InferenceContext();
        callbacks = TelemetryCallback.Join(callbacks, out TelemetryCallback? added);
        using TelemetryCallback? telemetry = added;
        CallbackList list = PlainList(callbacks, verbose, data, steps);
        return list.WithWholeLines(() => new PredictionLoop(this, data, context, steps, stepsPerExecution).Run(list, cancellation));
    }

    private NDArray OneOutput(IReadOnlyList<NDArray> outputs) => outputs.Count == 1
        ? outputs[0]
        : throw new InvalidOperationException($"The model '{Name}' has {outputs.Count} outputs; PredictMany returns all of them.");
}
