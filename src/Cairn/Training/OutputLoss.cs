using Cairn.Losses;

namespace Cairn.Training;

/// <summary>The loss of one output of a model.</summary>
/// <param name="Output">Index of the output.</param>
/// <param name="Loss">The loss.</param>
/// <param name="Weight">The weight in the total loss; null for 1.</param>
internal sealed record OutputLoss(int Output, Loss Loss, float? Weight);
