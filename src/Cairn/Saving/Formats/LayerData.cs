namespace Cairn.Saving;

/// <summary>A layer of the legacy format: its name and its weights, trainable ones first.</summary>
internal sealed record LayerData(string Name, IReadOnlyList<WeightData> Weights);
