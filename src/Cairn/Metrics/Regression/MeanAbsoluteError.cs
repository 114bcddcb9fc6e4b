namespace Cairn.Metrics;

/// <summary>Mean of <c>|yTrue - yPred|</c>. Keras: <c>metrics.MeanAbsoluteError</c>, <c>"mae"</c>.</summary>
/// <param name="name">The name in logs and the history.</param>
public sealed class MeanAbsoluteError(string name = "mean_absolute_error") : LossMetric(name, new Losses.MeanAbsoluteError());
