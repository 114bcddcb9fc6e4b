namespace Cairn.Metrics;

/// <summary>Mean of <c>yPred - yTrue · log(yPred)</c>. Keras: <c>metrics.Poisson</c>.</summary>
/// <param name="name">The name in logs and the history.</param>
public sealed class Poisson(string name = "poisson") : LossMetric(name, new Losses.Poisson());
