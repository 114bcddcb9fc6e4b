using Cairn.Metrics;
using static TorchSharp.torch;

namespace Cairn.DistributedWorker;

/// <summary>The largest error: a metric whose states can't be added up.</summary>
internal sealed class LargestError() : Metric("largest_error")
{
    private double largest;

    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null) =>
        largest = Math.Max(largest, (yTrue - yPred).abs().max().item<float>());

    public override double Result() => largest;

    public override void ResetState() => largest = 0;
}
