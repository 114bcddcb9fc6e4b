using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>
/// A measure of model performance, accumulated batch by batch. Converts implicitly from a string such as <c>"accuracy"</c>.
/// </summary>
[SavedKind]
public abstract partial class Metric
{
    /// <summary>Initializes the metric.</summary>
    /// <param name="name">The name in logs and the history.</param>
    protected Metric(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
    }

    /// <summary>The name in logs and the history.</summary>
    public string Name { get; private set; }

    /// <summary>The direction in which the metric improves, or null if unknown.</summary>
    public virtual MetricDirection? Direction => null;

    /// <summary>Keras' class name.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>
    /// Creates a metric from its Keras name, such as <c>"accuracy"</c> or <c>"mae"</c>; the name is also used in the logs.
    /// </summary>
    /// <exception cref="ArgumentException">The name is unknown; the message suggests similar ones.</exception>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator Metric?(string? name) => name is null ? null : MetricRegistry.Get(name);

    /// <summary>Updates the metric with a batch. Keras: <c>update_state</c>.</summary>
    /// <param name="yTrue">
    /// Targets. In training, a custom metric gets them with the rank of the predictions: a last axis of size 1 is added to or removed from
    /// the targets.
    /// </param>
    /// <param name="yPred">Predictions.</param>
    /// <param name="sampleWeight">One weight per sample, or null for 1.</param>
    public abstract void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null);

    /// <summary>The result for all batches since the last reset; 0 before the first.</summary>
    /// <remarks>
    /// For a metric with several values, such as one per class, this is their mean, which is passed to logs and callbacks.
    /// </remarks>
    public abstract double Result();

    /// <summary>All values for all batches since the last reset: one per class, label or threshold if there are several.</summary>
    public virtual double[] Results() => [Result()];

    /// <summary>Resets the state of the metric. Keras: <c>reset_state</c>.</summary>
    public abstract void ResetState();

    /// <summary>Saves the state accumulated since the last reset, to resume a run in the middle of an epoch.</summary>
    /// <returns>
    /// Plain data that later batches do not change, or null (the default) if the state can't be saved: after such a restart, the metric
    /// covers only the rest of that epoch, and a warning is written.
    /// </returns>
    public virtual SavedState? SaveState() => null;

    /// <summary>Restores a saved state.</summary>
    /// <param name="state">The state returned by <see cref="SaveState"/> of a metric of this type.</param>
    public virtual void LoadState(SavedState state)
    {
    }

    /// <summary>
    /// Whether the states of several processes that train together can be added: every number and array of <see cref="SaveState"/> is a
    /// sum over the samples. A training on several processes requires it of every metric. Default: false.
    /// </summary>
    public virtual bool StateAddsUp => false;

    /// <summary>Code that creates this metric for logits; null if it does not need probabilities.</summary>
    internal virtual string? ForLogits => null;

    /// <summary>Why the result is not meaningful, if the accumulated values show this; otherwise null.</summary>
    internal virtual string? Doubt => null;

    /// <summary>Whether positions masked in the predictions are ignored; true for the metrics for which Keras does so.</summary>
    internal virtual bool TakesMasks => false;

    /// <summary>Updates the metric with a batch that the loss pass has already counted, if it counts the same thing.</summary>
    internal virtual bool TryAddHits(int hits, Tensor yTrue, long samples) => false;

    /// <summary>The metric for predictions of this shape; another instance only for <c>"accuracy"</c> and <c>"crossentropy"</c>.</summary>
    internal virtual Metric ResolveFor(Shape yTrue, Shape yPred) => this;

    /// <summary>Throws if targets and predictions of these shapes are incompatible.</summary>
    internal virtual void CheckShapes(Shape yTrue, Shape yPred, string argument)
    {
    }

    /// <summary>Whether the metric is user-defined rather than one of Keras'.</summary>
    internal virtual bool IsOwn => GetType().Assembly != typeof(Metric).Assembly;

    internal Metric Named(string name)
    {
        Name = name;
        return this;
    }

    internal virtual JsonNode Serialize()
    {
        var config = new JsonObject { ["name"] = Name, ["dtype"] = "float32" };
        WriteConfig(config);
        return KerasObject.Of(this, "keras.metrics", ClassName, config);
    }

    /// <summary>
    /// Writes the settings of the metric to its configuration, under Keras' names. The factory registered in <see cref="CustomObjects"/>
    /// reads them back.
    /// </summary>
    protected virtual void WriteConfig(JsonObject config)
    {
    }
}
