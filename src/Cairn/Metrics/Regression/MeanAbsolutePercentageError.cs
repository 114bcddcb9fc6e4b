namespace Cairn.Metrics;

/// <summary>Mean of <c>100 · |yTrue - yPred| / |yTrue|</c>. Keras: <c>metrics.MeanAbsolutePercentageError</c>, <c>"mape"</c>.</summary>
/// <param name="name">The name in logs and the history.</param>
public sealed class MeanAbsolutePercentageError(string name = "mean_absolute_percentage_error")
    : LossMetric(name, new Losses.MeanAbsolutePercentageError());
