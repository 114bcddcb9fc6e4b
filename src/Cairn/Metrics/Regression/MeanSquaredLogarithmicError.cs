namespace Cairn.Metrics;

/// <summary>Mean of <c>(log(yTrue + 1) - log(yPred + 1))²</c>. Keras: <c>metrics.MeanSquaredLogarithmicError</c>, <c>"msle"</c>.</summary>
/// <param name="name">The name in logs and the history.</param>
public sealed class MeanSquaredLogarithmicError(string name = "mean_squared_logarithmic_error")
    : LossMetric(name, new Losses.MeanSquaredLogarithmicError());
