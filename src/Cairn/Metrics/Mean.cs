using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>A weighted mean of numbers; the loss of an epoch is one. Keras: <c>metrics.Mean</c>.</summary>
internal sealed class Mean(string name) : Metric(name)
{
    private double total;
    private double count;

    public override MetricDirection? Direction => Name == "loss" ? MetricDirection.Down : null;

    public void Update(double value, double weight)
    {
        total += value * weight;
        count += weight;
    }

    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null) =>
        throw new NotSupportedException("A mean takes numbers, not targets and predictions.");

    public override double Result() => count == 0 ? 0 : (float)(total / count);

    public override void ResetState() => (total, count) = (0, 0);
}
