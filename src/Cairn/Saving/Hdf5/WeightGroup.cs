namespace Cairn.Saving.Hdf5;

/// <summary>The variables of one object in a <c>.weights.h5</c> file.</summary>
/// <param name="Path">The path of the object, such as <c>layers/dense_1</c> or <c>optimizer</c>; empty for the model itself.</param>
/// <param name="Name">The user-visible name of the object, or null if it has none.</param>
/// <param name="Weights">Its variables, named <c>0</c>, <c>1</c>… in order (or as the object named them).</param>
internal sealed record WeightGroup(string Path, string? Name, IReadOnlyList<WeightData> Weights);
