namespace Cairn.Metrics;

/// <summary>Mean of <c>(yTrue - yPred)²</c>. Keras: <c>metrics.MeanSquaredError</c>, <c>"mse"</c>.</summary>
/// <param name="name">The name in logs and the history.</param>
public sealed class MeanSquaredError(string name = "mean_squared_error") : LossMetric(name, new Losses.MeanSquaredError());
