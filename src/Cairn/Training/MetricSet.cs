using Cairn.Losses;
using Cairn.Metrics;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>The loss of an epoch so far and the compiled metrics: those that count every sample alike, then those that weigh them.</summary>
internal sealed class MetricSet
{
    private readonly Mean loss = new("loss");
    private readonly Metric[] compiled;
    private readonly Metric[] compiledWeighted;
    private Metric[] metrics;
    private Metric[] weighted;

    public MetricSet(IReadOnlyList<Metric> compiled, IReadOnlyList<Metric> compiledWeighted)
    {
        this.compiled = metrics = [.. compiled];
        this.compiledWeighted = weighted = [.. compiledWeighted];
    }

    /// <summary>The loss first, then the metrics.</summary>
    public IReadOnlyList<Metric> All => [loss, .. metrics, .. weighted];

    /// <summary>The metrics as the user gave them.</summary>
    public IReadOnlyList<Metric> Compiled => compiled;

    /// <summary>The weighted metrics as the user gave them.</summary>
    public IReadOnlyList<Metric> CompiledWeighted => compiledWeighted;

    /// <summary>Decides, by the shapes, which accuracy <c>"accuracy"</c> means.</summary>
    public void ResolveFor(Shape yTrue, Shape yPred)
    {
        metrics = [.. compiled.Select(m => m.ResolveFor(yTrue, yPred))];
        weighted = [.. compiledWeighted.Select(m => m.ResolveFor(yTrue, yPred))];
    }

    public void Update(double lossValue, Tensor yTrue, Tensor yPred, Tensor? sampleWeight, long samples, Tensor? mask = null)
    {
        loss.Update(lossValue, samples);
        foreach (Metric metric in metrics) metric.UpdateState(yTrue, yPred, Weights(metric, null, mask));
        foreach (Metric metric in weighted) metric.UpdateState(yTrue, yPred, Weights(metric, sampleWeight, mask));
    }

    public void Reset()
    {
        loss.ResetState();
        foreach (Metric metric in metrics) metric.ResetState();
        foreach (Metric metric in weighted) metric.ResetState();
    }

    private static Tensor? Weights(Metric metric, Tensor? sampleWeight, Tensor? mask) =>
        mask is not null && metric.TakesMasks ? MaskWeights.Combine(sampleWeight, mask, keepMean: false) : sampleWeight;

    /// <summary>All results; a weighted metric that has the name of another one is called <c>weighted_…</c>, as in Keras.</summary>
    public IEnumerable<KeyValuePair<string, double>> Results(string prefix = "")
    {
        foreach (Metric metric in metrics.Prepend(loss)) yield return KeyValuePair.Create(prefix + metric.Name, metric.Result());
        foreach (Metric metric in weighted)
        {
            bool taken = metrics.Any(m => m.Name == metric.Name);
            yield return KeyValuePair.Create($"{prefix}{(taken ? "weighted_" : "")}{metric.Name}", metric.Result());
        }
    }
}
