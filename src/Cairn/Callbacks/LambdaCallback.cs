using System.Text.Json.Nodes;

namespace Cairn.Callbacks;

/// <summary>A callback made of functions, one for each hook of interest. Keras: <c>callbacks.LambdaCallback</c>.</summary>
/// <example>
/// <code>
/// var show = new LambdaCallback(onEpochEnd: (epoch, logs) => Console.WriteLine($"{epoch}: {logs["loss"]}"));
/// model.Fit(x, y, epochs: 5, verbose: 0, callbacks: [show]);
/// </code>
/// </example>
/// <remarks>Epochs and batches are counted from 0. Batches cost nothing where no function is given for them.</remarks>
/// <param name="onEpochBegin">Called when an epoch begins, with its index and empty logs. Default null: nothing.</param>
/// <param name="onEpochEnd">Called when an epoch and its validation have ended, with its index and its logs. Default null.</param>
/// <param name="onTrainBegin">Called when training begins, with empty logs. Default null.</param>
/// <param name="onTrainEnd">Called when training has ended, with the logs of the last epoch. Default null.</param>
/// <param name="onTrainBatchBegin">Called when a training batch begins, with its index and empty logs. Default null.</param>
/// <param name="onTrainBatchEnd">Called when a training batch has ended, with its index and the logs so far. Default null.</param>
/// <param name="onTestBegin">Called when an evaluation or a validation begins, with empty logs. Default null.</param>
/// <param name="onTestEnd">Called when an evaluation or a validation has ended, with its logs. Default null.</param>
/// <param name="onTestBatchBegin">Called when a test batch begins, with its index and empty logs. Default null.</param>
/// <param name="onTestBatchEnd">Called when a test batch has ended, with its index and the logs so far. Default null.</param>
/// <param name="onPredictBegin">Called when a prediction begins, with empty logs. Default null.</param>
/// <param name="onPredictEnd">Called when a prediction has ended, with empty logs. Default null.</param>
/// <param name="onPredictBatchBegin">Called when a prediction batch begins, with its index and empty logs. Default null.</param>
/// <param name="onPredictBatchEnd">Called when a prediction batch has ended, with its index and empty logs. Default null.</param>
/// <param name="onBatchBegin">Keras' older name of <paramref name="onTrainBatchBegin"/>; not called where that is given. Default null.</param>
/// <param name="onBatchEnd">Keras' older name of <paramref name="onTrainBatchEnd"/>; not called where that is given. Default null.</param>
/// <param name="onGradients">
/// Called when the gradients of a training batch are there, with its index and them, before the optimizer uses them. Default null.
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
    /// <returns>Nothing: what the functions remember is theirs. A callback class of one's own can save it.</returns>
    public override SavedState? SaveState() => new();

    /// <summary>Functions can't be written.</summary>
    /// <exception cref="ArgumentException">Always.</exception>
    protected override void WriteConfig(JsonObject config) => throw CallbackSerialization.MadeOfFunctions(ClassName);
}
