using Cairn.Losses;

namespace Cairn.Training;

/// <summary>The loss of one output of a model.</summary>
/// <param name="Output">Index of the output.</param>
/// <param name="Loss">The loss.</param>
/// <param name="Weight">What it is multiplied with in the sum of all; null for 1.</param>
internal sealed record OutputLoss(int Output, Loss Loss, float? Weight);
