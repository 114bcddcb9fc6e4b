namespace Cairn;

/// <summary>A predicted class of an image; see <see cref="Applications.DecodePredictions"/>.</summary>
/// <param name="Id">The identifier of the class, such as <c>n02504458</c> in ImageNet.</param>
/// <param name="Label">The name of the class, such as <c>African_elephant</c>.</param>
/// <param name="Score">The score that the model predicted.</param>
public readonly record struct ClassPrediction(string Id, string Label, float Score);
