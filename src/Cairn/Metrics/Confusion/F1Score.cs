using System.Text.Json.Nodes;

namespace Cairn.Metrics;

/// <summary>F1 score, the harmonic mean of precision and recall, for each class. Keras: <c>metrics.F1Score</c>.</summary>
/// <remarks>Targets and predictions have the shape <c>[batch, classes]</c>; targets are 0 and 1.</remarks>
/// <param name="average">
/// <c>macro</c>, <c>weighted</c>, <c>micro</c>, or null (default) for one value per class, as in <see cref="FBetaScore"/>.
/// </param>
/// <param name="threshold">
/// Predictions above the threshold are positive, above 0 and at most 1; null (default) for only the largest one of each sample.
/// </param>
/// <param name="name">The name in logs and the history.</param>
public sealed class F1Score(string? average = null, double? threshold = null, string name = "f1_score")
    : FBetaScore(average, 1, threshold, name)
{
    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        base.WriteConfig(config);
        config.Remove("beta");
    }
}
