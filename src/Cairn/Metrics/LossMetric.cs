using System.ComponentModel;
using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>
/// A metric that is the mean of a loss function over all samples. Keras: <c>MeanMetricWrapper</c> around a loss function.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class LossMetric : MeanMetric
{
    private readonly Loss loss;

    private protected LossMetric(string name, Loss loss)
        : base(name) => this.loss = loss;

    /// <inheritdoc/>
    public override MetricDirection? Direction => MetricDirection.Down;

    internal override void CheckShapes(Shape yTrue, Shape yPred, string argument) => loss.CheckShapes(yTrue, yPred, argument);

    /// <inheritdoc/>
    protected override Tensor Values(Tensor yTrue, Tensor yPred) => loss.Call(yTrue, yPred);
}
