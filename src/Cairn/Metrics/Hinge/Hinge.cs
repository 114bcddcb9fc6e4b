namespace Cairn.Metrics;

/// <summary>Mean of <c>max(1 - yTrue · yPred, 0)</c>, for targets -1 and 1 (or 0 and 1). Keras: <c>metrics.Hinge</c>.</summary>
/// <param name="name">The name in logs and the history.</param>
public sealed class Hinge(string name = "hinge") : LossMetric(name, new Losses.Hinge());
