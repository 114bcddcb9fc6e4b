namespace Cairn.Metrics;

/// <summary>Mean of <c>log(cosh(yPred - yTrue))</c>. Keras: <c>metrics.LogCoshError</c>.</summary>
/// <param name="name">The name in logs and the history.</param>
public sealed class LogCoshError(string name = "logcosh") : LossMetric(name, new Losses.LogCosh());
