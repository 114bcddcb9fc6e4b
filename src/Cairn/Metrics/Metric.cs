using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>A number that tells how well a model does, gathered batch by batch. A string such as <c>"accuracy"</c> becomes one by itself.</summary>
[SavedKind]
public abstract partial class Metric
{
    /// <summary>Starts a metric.</summary>
    /// <param name="name">The name in logs and histories.</param>
    protected Metric(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
    }

    /// <summary>The name in logs and histories.</summary>
    public string Name { get; private set; }

    /// <summary>Which way is better, or null where that can't be said.</summary>
    public virtual MetricDirection? Direction => null;

    /// <summary>Keras' class name.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>Makes a metric from Keras' name of it, such as <c>"accuracy"</c> or <c>"mae"</c>; the name also stands in the logs.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message names the nearest ones.</exception>
    public static implicit operator Metric(string name) => MetricRegistry.Get(name);

    /// <summary>Takes a batch into account.</summary>
    /// <param name="yTrue">Targets.</param>
    /// <param name="yPred">Predictions.</param>
    /// <param name="sampleWeight">A weight for each sample, or null for 1.</param>
    public abstract void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null);

    /// <summary>The number for all batches since the last reset; 0 before the first.</summary>
    /// <remarks>A metric with several numbers, such as one for each class, gives their mean here: what logs and callbacks see.</remarks>
    public abstract double Result();

    /// <summary>All numbers for all batches since the last reset: one for each class, label or threshold where there are several.</summary>
    public virtual double[] Results() => [Result()];

    /// <summary>Forgets all batches.</summary>
    public abstract void ResetState();

    /// <summary>What the metric has gathered since the last reset, for a run that goes on in the middle of an epoch.</summary>
    /// <returns>
    /// Plain data that later batches do not change. Null (the default) says that it can't be saved: after such a restart the metric then
    /// counts only the rest of that epoch, and a warning says so.
    /// </returns>
    public virtual SavedState? SaveState() => null;

    /// <summary>Goes on from what was gathered.</summary>
    /// <param name="state">What <see cref="SaveState"/> of a metric of this type gave.</param>
    public virtual void LoadState(SavedState state)
    {
    }

    /// <summary>Whether positions that the predictions' mask leaves out do not count; true for the metrics for which Keras does so.</summary>
    internal virtual bool TakesMasks => false;

    /// <summary>Takes a batch into account that the loss has counted on its way over the same scores, where that is what the metric counts.</summary>
    internal virtual bool TryAddHits(int hits, Tensor yTrue, long samples) => false;

    /// <summary>The metric that is meant for predictions of this shape; other than itself only for <c>"accuracy"</c> and <c>"crossentropy"</c>.</summary>
    internal virtual Metric ResolveFor(Shape yTrue, Shape yPred) => this;

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

    /// <summary>Adds the metric's own settings to its configuration, under Keras' names; they come back in the factory of <see cref="CustomObjects"/>.</summary>
    protected virtual void WriteConfig(JsonObject config)
    {
    }
}
