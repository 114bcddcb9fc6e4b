using Cairn.Metrics;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>The loss of an epoch so far and the compiled metrics, in the order of the logs.</summary>
internal sealed class MetricSet
{
    private readonly Mean loss = new("loss");
    private readonly Metric[] compiled;
    private Metric[] metrics;

    public MetricSet(IReadOnlyList<Metric> compiled)
    {
        this.compiled = [.. compiled];
        metrics = [.. compiled];
    }

    /// <summary>The loss first, then the metrics.</summary>
    public IReadOnlyList<Metric> All => [loss, .. metrics];

    /// <summary>The metrics as the user gave them.</summary>
    public IReadOnlyList<Metric> Compiled => compiled;

    /// <summary>Decides, by the shapes, which accuracy <c>"accuracy"</c> means.</summary>
    public void ResolveFor(Shape yTrue, Shape yPred) => metrics = [.. compiled.Select(m => m.ResolveFor(yTrue, yPred))];

    public void Update(double lossValue, Tensor yTrue, Tensor yPred, long samples)
    {
        loss.Update(lossValue, samples);
        foreach (Metric metric in metrics) metric.UpdateState(yTrue, yPred);
    }

    public void Reset()
    {
        loss.ResetState();
        foreach (Metric metric in metrics) metric.ResetState();
    }

    public IEnumerable<KeyValuePair<string, double>> Results(string prefix = "") => All.Select(m => KeyValuePair.Create(prefix + m.Name, m.Result()));
}
