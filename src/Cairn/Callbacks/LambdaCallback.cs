using System.Text.Json.Nodes;

namespace Cairn.Callbacks;

/// <summary>Creates a callback from functions, one for each hook. Keras: <c>callbacks.LambdaCallback</c>.</summary>
/// <example>
/// <code>
/// var show = new LambdaCallback(onEpochEnd: (epoch, logs) => Console.WriteLine($"{epoch}: {logs["loss"]}"));
/// model.Fit(x, y, epochs: 5, verbose: 0, callbacks: [show]);
/// </code>
/// </example>
/// <remarks>Epochs and batches are counted from 0. Batches cost nothing if no function is passed for them.</remarks>
/// <param name="onEpochBegin">Called at the beginning of an epoch, with its index and empty logs. Default null: nothing.</param>
/// <param name="onEpochEnd">Called at the end of an epoch, after validation, with its index and logs. Default null.</param>
/// <param name="onTrainBegin">Called at the beginning of training, with empty logs. Default null.</param>
/// <param name="onTrainEnd">Called at the end of training, with the logs of the last epoch. Default null.</param>
/// <param name="onTrainBatchBegin">Called at the beginning of a training batch, with its index and empty logs. Default null.</param>
/// <param name="onTrainBatchEnd">Called at the end of a training batch, with its index and the logs so far. Default null.</param>
/// <param name="onTestBegin">Called at the beginning of evaluation or validation, with empty logs. Default null.</param>
/// <param name="onTestEnd">Called at the end of evaluation or validation, with its logs. Default null.</param>
/// <param name="onTestBatchBegin">Called at the beginning of a test batch, with its index and empty logs. Default null.</param>
/// <param name="onTestBatchEnd">Called at the end of a test batch, with its index and the logs so far. Default null.</param>
/// <param name="onPredictBegin">Called at the beginning of prediction, with empty logs. Default null.</param>
/// <param name="onPredictEnd">Called at the end of prediction, with empty logs. Default null.</param>
/// <param name="onPredictBatchBegin">Called at the beginning of a prediction batch, with its index and empty logs. Default null.</param>
/// <param name="onPredictBatchEnd">Called at the end of a prediction batch, with its index and empty logs. Default null.</param>
/// <param name="onBatchBegin">
/// Keras' older name of <paramref name="onTrainBatchBegin"/>; ignored if that is set. Default null.
/// </param>
/// <param name="onBatchEnd">Keras' older name of <paramref name="onTrainBatchEnd"/>; ignored if that is set. Default null.</param>
/// <param name="onGradients">
/// Called with the index of a training batch and its gradients, before the optimizer uses them. Default null.
/// </param>
public sealed class LambdaCallback(
    Action<int, Logs>? onEpochBegin = null,
    Action<int, Logs>? onEpochEnd = null,
    Action<Logs>? onTrainBegin = null,
    Action<Logs>? onTrainEnd = null,
    Action<int, Logs>? onTrainBatchBegin = null,
    Action<int, Logs>? onTrainBatchEnd = null,
    Action<Logs>? onTestBegin = null,
    Action<Logs>? onTestEnd = null,
    Action<int, Logs>? onTestBatchBegin = null,
    Action<int, Logs>? onTestBatchEnd = null,
    Action<Logs>? onPredictBegin = null,
    Action<Logs>? onPredictEnd = null,
    Action<int, Logs>? onPredictBatchBegin = null,
    Action<int, Logs>? onPredictBatchEnd = null,
    Action<int, Logs>? onBatchBegin = null,
    Action<int, Logs>? onBatchEnd = null,
    Action<int, IReadOnlyList<Gradient>>? onGradients = null) : Callback
{
    /// <inheritdoc/>
    public override bool UsesTrainBatchHooks => (onTrainBatchBegin ?? onTrainBatchEnd ?? onBatchBegin ?? onBatchEnd) is not null;

    /// <inheritdoc/>
    public override bool UsesTestBatchHooks => (onTestBatchBegin ?? onTestBatchEnd) is not null;

    /// <inheritdoc/>
    public override bool UsesPredictBatchHooks => (onPredictBatchBegin ?? onPredictBatchEnd) is not null;

    /// <inheritdoc/>
    public override bool UsesGradients => onGradients is not null;

    /// <inheritdoc/>
    internal override bool RunsUserCode => true;

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs) => onEpochBegin?.Invoke(epoch, logs);

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs) => onEpochEnd?.Invoke(epoch, logs);

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs) => onTrainBegin?.Invoke(logs);

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs) => onTrainEnd?.Invoke(logs);

    /// <inheritdoc/>
    public override void OnTrainBatchBegin(int batch, Logs logs) => (onTrainBatchBegin ?? onBatchBegin)?.Invoke(batch, logs);

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs) => (onTrainBatchEnd ?? onBatchEnd)?.Invoke(batch, logs);

    /// <inheritdoc/>
    public override void OnGradients(int batch, IReadOnlyList<Gradient> gradients) => onGradients?.Invoke(batch, gradients);

    /// <inheritdoc/>
    public override void OnTestBegin(Logs logs) => onTestBegin?.Invoke(logs);

    /// <inheritdoc/>
    public override void OnTestEnd(Logs logs) => onTestEnd?.Invoke(logs);

    /// <inheritdoc/>
    public override void OnTestBatchBegin(int batch, Logs logs) => onTestBatchBegin?.Invoke(batch, logs);

    /// <inheritdoc/>
    public override void OnTestBatchEnd(int batch, Logs logs) => onTestBatchEnd?.Invoke(batch, logs);

    /// <inheritdoc/>
    public override void OnPredictBegin(Logs logs) => onPredictBegin?.Invoke(logs);

    /// <inheritdoc/>
    public override void OnPredictEnd(Logs logs) => onPredictEnd?.Invoke(logs);

    /// <inheritdoc/>
    public override void OnPredictBatchBegin(int batch, Logs logs) => onPredictBatchBegin?.Invoke(batch, logs);

    /// <inheritdoc/>
    public override void OnPredictBatchEnd(int batch, Logs logs) => onPredictBatchEnd?.Invoke(batch, logs);

    /// <inheritdoc/>
    /// <returns>An empty state: the functions keep their own state. A custom callback class can save it.</returns>
    public override SavedState? SaveState() => new();

    /// <summary>Functions can't be serialized.</summary>
    /// <exception cref="ArgumentException">Always.</exception>
    protected override void WriteConfig(JsonObject config) => throw CallbackSerialization.MadeOfFunctions(ClassName);
}
