using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Watches a training, an evaluation or a prediction and may act on it. Derive from it and override the hooks of interest.
/// Keras: <c>callbacks.Callback</c>.
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
/// Epochs and batches are counted from 0. All hooks run on the thread that trains. Logs are never null.
/// A callback that remembers something from one hook to the next overrides <see cref="SaveState"/> and <see cref="LoadState"/>, so that a
/// run which is killed and started again goes on as if nothing had happened.
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

    /// <summary>The name in events and messages. Default: the name of the type.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>The class name in JSON (see <see cref="CallbackSerialization"/>). Default: the name of the type.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>The model that is trained, evaluated or asked for predictions.</summary>
    /// <exception cref="InvalidOperationException">
    /// The callback is not part of a running <c>Fit</c>, <c>Evaluate</c> or <c>Predict</c>.
    /// </exception>
    public Model Model
    {
        get => model ?? throw new InvalidOperationException(
            $"{Name} is not attached to a model yet. Pass it to Fit, Evaluate or Predict (callbacks: [...]); "
            + "the model is known from the first hook on.");
        internal set => model = value;
    }

    /// <summary>Epochs, steps, verbosity and outputs of the run; defaults while the callback is not attached.</summary>
    public CallbackParams Params { get; internal set; } = new();

    /// <summary>
    /// Whether anything happens in the hooks of training batches. Where nothing does, batches cost nothing. Default: whether the type
    /// overrides one.
    /// </summary>
    public virtual bool UsesTrainBatchHooks => Overrides(BatchHooks.Train);

    /// <summary>Whether anything happens in the hooks of test batches. Default: whether the type overrides one.</summary>
    public virtual bool UsesTestBatchHooks => Overrides(BatchHooks.Test);

    /// <summary>Whether anything happens in the hooks of prediction batches. Default: whether the type overrides one.</summary>
    public virtual bool UsesPredictBatchHooks => Overrides(BatchHooks.Predict);

    /// <summary>Whether anything happens in <see cref="OnGradients"/>. Default: whether the type overrides it.</summary>
    public virtual bool UsesGradients => Overrides(BatchHooks.Gradients);

    /// <summary>
    /// In <see cref="OnTrainEnd"/>: the exception of another callback that ends the training before its time; null when it ends in order.
    /// </summary>
    protected Exception? Failure => Context?.Failure;

    /// <summary>
    /// In <see cref="OnTrainBegin"/>: whether <see cref="LoadState"/> follows, since a run goes on that was killed or stopped. A file
    /// that the run has been writing is then to be continued, not begun anew.
    /// </summary>
    protected bool Resuming => Context?.Resuming ?? false;

    /// <summary>Whether the callback only shows what goes on, so that a run may go on with it or without it.</summary>
    internal virtual bool OnlyShows => false;

    /// <summary>Waits for what is written in the background, without throwing: the training ends with an exception that matters more.</summary>
    internal virtual void Settle()
    {
    }

    /// <summary>Whether what the hooks throw comes from code that is not Cairn's.</summary>
    internal virtual bool RunsUserCode => GetType().Assembly != typeof(Callback).Assembly;

    /// <summary>What this callback shares with the others of its list; null while it is not attached.</summary>
    internal CallbackContext? Context { get; set; }

    /// <summary>The callback as Keras' envelope of it.</summary>
    internal JsonObject Serialize()
    {
        var config = new JsonObject();
        WriteConfig(config);
        return KerasObject.Of(this, "keras.callbacks", ClassName, config);
    }

    /// <summary>
    /// Writes the arguments of the constructor, under Keras' names, so that <see cref="CallbackSerialization"/> can make the callback again. One of your
    /// own gets them back in the factory that is registered for its class name, <c>CustomObjects.Register("Name", config => …)</c>.
    /// </summary>
    /// <param name="config">An empty object to add to.</param>
    /// <exception cref="ArgumentException">The class does not override this: it can't be written.</exception>
    protected virtual void WriteConfig(JsonObject config) => throw new ArgumentException(
        $"{Name} cannot be written as JSON: its class does not override WriteConfig.");

    /// <summary>Training begins.</summary>
    /// <param name="logs">Empty.</param>
    public virtual void OnTrainBegin(Logs logs)
    {
    }

    /// <summary>
    /// Training has ended, in order or because another callback of the user threw (see <see cref="Failure"/>). It is not called after an
    /// exception from anywhere else.
    /// </summary>
    /// <param name="logs">The logs of the last epoch.</param>
    public virtual void OnTrainEnd(Logs logs)
    {
    }

    /// <summary>An epoch of training begins.</summary>
    /// <param name="epoch">Index of the epoch, from 0.</param>
    /// <param name="logs">Empty.</param>
    public virtual void OnEpochBegin(int epoch, Logs logs)
    {
    }

    /// <summary>An epoch of training, and its validation, has ended.</summary>
    /// <param name="epoch">Index of the epoch, from 0.</param>
    /// <param name="logs">
    /// Loss and metrics of the epoch, those of the validation with the prefix <c>val_</c>. What is added here is seen by later
    /// callbacks.
    /// </param>
    public virtual void OnEpochEnd(int epoch, Logs logs)
    {
    }

    /// <summary>A training batch begins. Calls <see cref="OnBatchBegin"/>.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="logs">Empty.</param>
    public virtual void OnTrainBatchBegin(int batch, Logs logs) => OnBatchBegin(batch, logs);

    /// <summary>A training batch has ended. Calls <see cref="OnBatchEnd"/>.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="logs">Loss and metrics over the epoch so far, computed when first read.</param>
    public virtual void OnTrainBatchEnd(int batch, Logs logs) => OnBatchEnd(batch, logs);

    /// <summary>
    /// The gradients of a training batch are there and the optimizer has not used them yet: it will clip them, gather them or change the
    /// weights by them as they are when this hook ends.
    /// </summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="gradients">
    /// The trainable weights that the loss depends on, in the model's order, with their gradients. The tensors live until the step is over.
    /// </param>
    public virtual void OnGradients(int batch, IReadOnlyList<Gradient> gradients)
    {
    }

    /// <summary>Another name for <see cref="OnTrainBatchBegin"/>.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="logs">Empty.</param>
    public virtual void OnBatchBegin(int batch, Logs logs)
    {
    }

    /// <summary>Another name for <see cref="OnTrainBatchEnd"/>.</summary>
    /// <param name="batch">Index of the batch in its epoch, from 0.</param>
    /// <param name="logs">Loss and metrics over the epoch so far, computed when first read.</param>
    public virtual void OnBatchEnd(int batch, Logs logs)
    {
    }

    /// <summary>An evaluation or a validation begins.</summary>
    /// <param name="logs">Empty.</param>
    public virtual void OnTestBegin(Logs logs)
    {
    }

    /// <summary>An evaluation or a validation has ended.</summary>
    /// <param name="logs">Loss and metrics.</param>
    public virtual void OnTestEnd(Logs logs)
    {
    }

    /// <summary>A batch of an evaluation or a validation begins.</summary>
    /// <param name="batch">Index of the batch, from 0.</param>
    /// <param name="logs">Empty.</param>
    public virtual void OnTestBatchBegin(int batch, Logs logs)
    {
    }

    /// <summary>A batch of an evaluation or a validation has ended.</summary>
    /// <param name="batch">Index of the batch, from 0.</param>
    /// <param name="logs">Loss and metrics so far, computed when first read.</param>
    public virtual void OnTestBatchEnd(int batch, Logs logs)
    {
    }

    /// <summary>A prediction begins.</summary>
    /// <param name="logs">Empty.</param>
    public virtual void OnPredictBegin(Logs logs)
    {
    }

    /// <summary>A prediction has ended.</summary>
    /// <param name="logs">Empty.</param>
    public virtual void OnPredictEnd(Logs logs)
    {
    }

    /// <summary>A batch of a prediction begins.</summary>
    /// <param name="batch">Index of the batch, from 0.</param>
    /// <param name="logs">Empty.</param>
    public virtual void OnPredictBatchBegin(int batch, Logs logs)
    {
    }

    /// <summary>A batch of a prediction has ended.</summary>
    /// <param name="batch">Index of the batch, from 0.</param>
    /// <param name="logs">Empty.</param>
    public virtual void OnPredictBatchEnd(int batch, Logs logs)
    {
    }

    /// <summary>
    /// What the callback needs to go on after a restart. Called between two batches or two epochs, after all callbacks had their hooks.
    /// </summary>
    /// <returns>
    /// Plain data that later hooks do not change; empty for a callback that has nothing to remember. Null (the default) says that it can't
    /// be saved: after a restart the callback then starts anew, and a warning says so.
    /// </returns>
    public virtual SavedState? SaveState() => null;

    /// <summary>
    /// Goes on from a saved state. Called after <see cref="OnTrainBegin"/> of all callbacks; the next hook is the one that would have come
    /// next in the run that was ended, for example <see cref="OnTrainBatchBegin"/> in the middle of an epoch.
    /// </summary>
    /// <param name="state">What <see cref="SaveState"/> of a callback of this type gave.</param>
    public virtual void LoadState(SavedState state)
    {
    }

    /// <summary>
    /// Called before weights and the optimizer's variables are put back, and so before <see cref="LoadState"/>, for a callback that had
    /// changed which there are.
    /// </summary>
    /// <param name="state">What <see cref="SaveState"/> gave.</param>
    internal virtual void PrepareRestoring(SavedState state)
    {
    }

    /// <summary>
    /// Writes a message and a line break to <see cref="CallbackParams.Output"/>; an unfinished progress bar stays whole on its own
    /// line.
    /// </summary>
    /// <param name="message">The message.</param>
    protected void Print(string message) => (Context?.Line ?? new OutputLine(Params.Output)).Print(message);

    /// <summary>
    /// Writes a warning to <see cref="CallbackParams.Error"/>, once a run for the same text, and records an event each time.
    /// </summary>
    /// <param name="message">The message.</param>
    protected void Warn(string message)
    {
        (Context ?? new CallbackContext(Params, null)).Warn(message);
        Record(EventKind.Warning, message);
    }

    /// <summary>Adds an event to <see cref="History.Events"/>, with the epoch and batch the training is at.</summary>
    /// <param name="kind">What happened; see <see cref="EventKind"/>, own kinds are welcome.</param>
    /// <param name="message">One line for people.</param>
    /// <param name="oldValue">The value before, if there is one.</param>
    /// <param name="newValue">The value after, if there is one.</param>
    /// <param name="path">The file it is about, if any.</param>
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
