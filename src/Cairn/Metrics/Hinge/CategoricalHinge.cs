namespace Cairn.Metrics;

/// <summary>
/// Mean of <c>max(neg - pos + 1, 0)</c> with <c>neg = max((1 - yTrue) · yPred)</c> and <c>pos = Σ yTrue · yPred</c>, for one-hot targets.
/// Keras: <c>metrics.CategoricalHinge</c>.
/// </summary>
/// <param name="name">The name in logs and the history.</param>
public sealed class CategoricalHinge(string name = "categorical_hinge") : LossMetric(name, new Losses.CategoricalHinge());
