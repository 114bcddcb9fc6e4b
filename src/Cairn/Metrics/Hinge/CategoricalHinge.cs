namespace Cairn.Metrics;

/// <summary>Mean of how far the best wrong class comes within 1 of the right one, for one-hot targets. Keras: <c>metrics.CategoricalHinge</c>.</summary>
/// <param name="name">The name in logs and histories.</param>
public sealed class CategoricalHinge(string name = "categorical_hinge") : LossMetric(name, new Losses.CategoricalHinge());
