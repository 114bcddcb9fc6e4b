namespace Cairn;

/// <summary>One class of an image, as <see cref="Applications.DecodePredictions"/> gives it.</summary>
/// <param name="Id">The class's identifier, of ImageNet such as <c>n02504458</c>.</param>
/// <param name="Label">Its name, such as <c>African_elephant</c>.</param>
/// <param name="Score">What the model gave for it.</param>
public readonly record struct ClassPrediction(string Id, string Label, float Score);
