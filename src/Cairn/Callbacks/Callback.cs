using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Base class of callbacks, which observe training, evaluation or prediction and can act on it. Derive from it and override the hooks you
/// need. Keras: <c>callbacks.Callback</c>.
/// </summary>
/// <example>
/// <code>
/// class PrintLoss : Callback
/// {
///     public override void OnEpochEnd(int epoch, Logs logs)
///         =&gt; Console.WriteLine($"{epoch}: {logs["loss"]:F4}");
/// }
/// </code>
/// </example>
/// <remarks>
/// Epochs and batches are counted from 0. All hooks run on the training thread. Logs are never null.
/// A callback that keeps state between hooks overrides <see cref="SaveState"/> and <see cref="LoadState"/>, so that a run that is killed
/// and started again continues as if it had never stopped.
/// </remarks>
[SavedKind]
public abstract class Callback
{
    private static readonly ConcurrentDictionary<Type, BatchHooks> Overridden = new();
    private Model? model;

    [Flags]
    private enum BatchHooks
    {
        None = 0,
        Train = 1,
        Test = 2,
        Predict = 4,
        Gradients = 8,
    }

    /// <summary>The name used in events and messages. Default: the name of the type.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>The class name in JSON (see <see cref="CallbackSerialization"/>). Default: the name of the type.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>The model that is being trained, evaluated or used for prediction.</summary>
    /// <exception cref="InvalidOperationException">
    /// The callback is not part of a running <c>Fit</c>, <c>Evaluate</c> or <c>Predict</c>.
    /// </exception>
    public Model Model
    {
        get => model ?? throw new InvalidOperationException(
            $"{Name} is not attached to a model yet. Pass it to Fit, Evaluate or Predict (callbacks: [...]); "
            + "the model is set before the first hook.");
        internal set => model = value;
    }

    /// <summary>Epochs, steps, verbosity and outputs of the run; default values while the callback is not attached.</summary>
    public CallbackParams Params { get; internal set; } = new();

    /// <summary>
    /// Whether the callback uses the hooks of training batches. If no callback does, they cost nothing. Default: whether the type overrides
    /// one of them.
    /// </summary>
    public virtual bool UsesTrainBatchHooks => Overrides(BatchHooks.Train);

    /// <summary>Whether the callback uses the hooks of test batches. Default: whether the type overrides one of them.</summary>
    public virtual bool UsesTestBatchHooks => Overrides(BatchHooks.Test);

    /// <summary>Whether the callback uses the hooks of prediction batches. Default: whether the type overrides one of them.</summary>
    public virtual bool UsesPredictBatchHooks => Overrides(BatchHooks.Predict);

    /// <summary>Whether the callback uses <see cref="OnGradients"/>. Default: whether the type overrides it.</summary>
    public virtual bool UsesGradients => Overrides(BatchHooks.Gradients);

    /// <summary>
    /// Whether the callback is called only in the first of several processes that train together, because it writes files, displays
    /// something or sends data. All other callbacks are called in every process, with the same logs, and must make the same decisions; see
    /// <see cref="CallbackParams.Rank"/>. Default: false.
    /// </summary>
    public virtual bool OnlyOnFirstReplica => false;

    /// <summary>
    /// In <see cref="OnTrainEnd"/>: the exception of another callback that stops the training; null if the training ends normally.
    /// </summary>
    protected Exception? Failure => Context?.Failure;

    /// <summary>
    /// In <see cref="OnTrainBegin"/>: whether <see cref="LoadState"/> will follow because a run is being resumed. Files that the run was
    /// writing must then be continued, not overwritten.
    /// </summary>
    protected bool Resuming => Context?.Resuming ?? false;

    /// <summary>
    /// Whether the run was already complete when its process ended (see <see cref="BackupAndRestore"/>). Nothing is trained:
    /// <see cref="OnTrainBegin"/>, <see cref="LoadState"/> and <see cref="OnTrainEnd"/> follow each other. The files of the run are
    /// complete, and a later run may have appended to them; do not change them.
    /// </summary>
    protected bool HadEnded => Context?.HadEnded ?? false;

    /// <summary>Whether the callback only displays progress, so that a run can be resumed with or without it.</summary>
    internal virtual bool OnlyShows => false;

    /// <summary>Whether the callback may add a value with this name to the logs.</summary>
    internal virtual bool MayLog(string name) => RunsUserCode;

    /// <summary>Waits for background writes without throwing, because training is already ending with another exception.</summary>
    internal virtual void WaitForWrites()
    {
    }

    /// <summary>Whether exceptions of the hooks come from code outside Cairn.</summary>
    internal virtual bool RunsUserCode => GetType().Assembly != typeof(Callback).Assembly;

    /// <summary>State shared by the callbacks of a list; null while the callback is not attached.</summary>
    internal CallbackContext? Context { get; set; }

    /// <summary>Serializes the callback in Keras' object format.</summary>
    internal JsonObject Serialize()
    {
        const string Module = "keras.callbacks";
        var config = new JsonObject();
        WriteConfig(config);
        return CallbackRegistry.IsOfPackage(GetType()) ? KerasObject.Wrap(Module, ClassName, config)
            : KerasObject.Of(this, Module, ClassName, config);
    }

    /// <summary>
    /// Writes the constructor arguments under Keras' names, so that <see cref="CallbackSerialization"/> can create the callback again. For
    /// your own class, register a factory that reads them: <c>CustomObjects.Register("Name", config => …)</c>.
    /// </summary>
    /// <param name="config">An empty object to add the arguments to.</param>
    /// <exception cref="ArgumentException">The class does not override this method and can't be serialized.</exception>
    protected virtual void WriteConfig(JsonObject config) => throw new ArgumentException(
        $"{Name} cannot be written as JSON: its class does not override WriteConfig.");

    /// <summary>Called at the beginning of training.</summary>
    /// <param name="logs">Empty.</param>
    public virtual void OnTrainBegin(Logs logs)
    {
    }

    /// <summary>
    /// Called at the end of training, also when a user callback threw an exception (see <see cref="Failure"/>). Not called after any other
    /// exception.
    /// </summary>
    /// <param name="logs">The logs of the last epoch.</param>
    public virtual void OnTrainEnd(Logs logs)
    {
    }

    /// <summary>Called at the beginning of an epoch.</summary>
    /// <param name="epoch">Index of the epoch, from 0.</param>
    /// <param name="logs">Empty.</param>
    public virtual void OnEpochBegin(int epoch, Logs logs)
    {
    }

    /// <summary>Called at the end of an epoch, after validation.</summary>
    /// <param name="epoch">Index of the epoch, from 0.</param>
    /// <param name="logs">
    /// Loss and metrics of the epoch; validation results have the prefix <c>val_</c>. Values added here are visible to later callbacks.
    /// </param>
    public virtual void OnEpochEnd(int epoch, Logs logs)
    {
    }

    /// <summary>Called at the beginning of a training batch. The default calls <see cref="OnBatchBegin"/>.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="logs">Empty.</param>
    public virtual void OnTrainBatchBegin(int batch, Logs logs) => OnBatchBegin(batch, logs);

    /// <summary>Called at the end of a training batch. The default calls <see cref="OnBatchEnd"/>.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="logs">Loss and metrics over the epoch so far, computed when first read.</param>
    public virtual void OnTrainBatchEnd(int batch, Logs logs) => OnBatchEnd(batch, logs);

    /// <summary>
    /// Called after the gradients of a training batch are computed and before the optimizer uses them. The optimizer clips, accumulates or
    /// applies them as they are when this hook returns.
    /// </summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="gradients">
    /// The trainable weights that the loss depends on, in model order, with their gradients. The tensors are valid until the step ends.
    /// </param>
    public virtual void OnGradients(int batch, IReadOnlyList<Gradient> gradients)
    {
    }

    /// <summary>Alias of <see cref="OnTrainBatchBegin"/>.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="logs">Empty.</param>
    public virtual void OnBatchBegin(int batch, Logs logs)
    {
    }

    /// <summary>Alias of <see cref="OnTrainBatchEnd"/>.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="logs">Loss and metrics over the epoch so far, computed when first read.</param>
    public virtual void OnBatchEnd(int batch, Logs logs)
    {
    }

    /// <summary>Called at the beginning of evaluation or validation.</summary>
    /// <param name="logs">Empty.</param>
    public virtual void OnTestBegin(Logs logs)
    {
    }

    /// <summary>Called at the end of evaluation or validation.</summary>
    /// <param name="logs">Loss and metrics.</param>
    public virtual void OnTestEnd(Logs logs)
    {
    }

    /// <summary>Called at the beginning of a batch of evaluation or validation.</summary>
    /// <param name="batch">Index of the batch, from 0.</param>
    /// <param name="logs">Empty.</param>
    public virtual void OnTestBatchBegin(int batch, Logs logs)
    {
    }

    /// <summary>Called at the end of a batch of evaluation or validation.</summary>
    /// <param name="batch">Index of the batch, from 0.</param>
    /// <param name="logs">Loss and metrics so far, computed when first read.</param>
    public virtual void OnTestBatchEnd(int batch, Logs logs)
    {
    }

    /// <summary>Called at the beginning of prediction.</summary>
    /// <param name="logs">Empty.</param>
    public virtual void OnPredictBegin(Logs logs)
    {
    }

    /// <summary>Called at the end of prediction.</summary>
    /// <param name="logs">Empty.</param>
    public virtual void OnPredictEnd(Logs logs)
    {
    }

    /// <summary>Called at the beginning of a prediction batch.</summary>
    /// <param name="batch">Index of the batch, from 0.</param>
    /// <param name="logs">Empty.</param>
    public virtual void OnPredictBatchBegin(int batch, Logs logs)
    {
    }

    /// <summary>Called at the end of a prediction batch.</summary>
    /// <param name="batch">Index of the batch, from 0.</param>
    /// <param name="logs">Empty.</param>
    public virtual void OnPredictBatchEnd(int batch, Logs logs)
    {
    }

    /// <summary>
    /// Returns the state that the callback needs to resume. Called between two batches or two epochs, after all callbacks have run their
    /// hooks.
    /// </summary>
    /// <returns>
    /// Plain data that later hooks do not modify; empty if the callback has no state. Null (default) means that the state can't be saved: a
    /// resumed run then starts the callback from scratch, with a warning.
    /// </returns>
    public virtual SavedState? SaveState() => null;

    /// <summary>
    /// Restores a saved state. Called after <see cref="OnTrainBegin"/> of all callbacks; the next hook is the one that would have come next
    /// in the interrupted run, for example <see cref="OnTrainBatchBegin"/> in the middle of an epoch.
    /// </summary>
    /// <param name="state">The state returned by <see cref="SaveState"/> of a callback of this type.</param>
    public virtual void LoadState(SavedState state)
    {
    }

    /// <summary>
    /// Called before weights and optimizer variables are restored, and so before <see cref="LoadState"/>, for callbacks that change which
    /// variables exist.
    /// </summary>
    /// <param name="state">The state returned by <see cref="SaveState"/>.</param>
    internal virtual void PrepareRestoring(SavedState state)
    {
    }

    /// <summary>
    /// Writes a message and a line break to <see cref="CallbackParams.Output"/>. An unfinished progress bar keeps its own line.
    /// </summary>
    /// <param name="message">The message.</param>
    protected void Print(string message) => (Context?.Line ?? new OutputLine(Params.Output)).Print(message);

    /// <summary>
    /// Writes a warning to <see cref="CallbackParams.Error"/>, once per run for the same text, and records an event each time.
    /// </summary>
    /// <param name="message">The message.</param>
    protected void Warn(string message)
    {
        (Context ?? new CallbackContext(Params, null)).Warn(message);
        Record(EventKind.Warning, message);
    }

    /// <summary>
    /// Shows a warning and records it. Of warnings that differ only in the names they contain, only the first is shown; each is recorded.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="kind">Identifies warnings of the same kind.</param>
    internal void Warn(string message, string kind)
    {
        (Context ?? new CallbackContext(Params, null)).Warn(message, $"{Name} {kind}");
        Record(EventKind.Warning, message);
    }

    /// <summary>Adds an event to <see cref="History.Events"/>, with the current epoch and batch.</summary>
    /// <param name="kind">The kind of event; see <see cref="EventKind"/>. Custom kinds are allowed.</param>
    /// <param name="message">A one-line description.</param>
    /// <param name="oldValue">The old value, if any.</param>
    /// <param name="newValue">The new value, if any.</param>
    /// <param name="path">The related file, if any.</param>
    protected void Record(string kind, string message, double? oldValue = null, double? newValue = null, string? path = null) =>
        Context?.Record(new TrainingEvent(Context.Epoch, Context.Batch, Name, kind, oldValue, newValue, message, path));

    private static bool IsOverride(Action<int, IReadOnlyList<Gradient>> hook) => hook.Method.DeclaringType != typeof(Callback);

    private static bool IsOverride(Action<int, Logs> hook) => hook.Method.DeclaringType != typeof(Callback);

    private bool Overrides(BatchHooks kind) => (Overridden.GetOrAdd(GetType(), _ => FindOverrides()) & kind) != 0;

    private BatchHooks FindOverrides() =>
        (IsOverride(OnTrainBatchBegin) || IsOverride(OnTrainBatchEnd) ? BatchHooks.Train : 0)
        | (IsOverride(OnBatchBegin) || IsOverride(OnBatchEnd) ? BatchHooks.Train : 0)
        | (IsOverride(OnTestBatchBegin) || IsOverride(OnTestBatchEnd) ? BatchHooks.Test : 0)
        | (IsOverride(OnPredictBatchBegin) || IsOverride(OnPredictBatchEnd) ? BatchHooks.Predict : 0)
        | (IsOverride(OnGradients) ? BatchHooks.Gradients : 0);
}
