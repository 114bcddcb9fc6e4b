namespace Cairn.Metrics;

/// <summary>Kullback-Leibler divergence of targets and predictions. Keras: <c>metrics.KLDivergence</c>.</summary>
/// <param name="name">The name in logs and the history.</param>
public sealed class KLDivergence(string name = "kl_divergence") : LossMetric(name, new Losses.KLDivergence());
