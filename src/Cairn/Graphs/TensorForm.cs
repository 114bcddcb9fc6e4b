namespace Cairn.Graphs;

/// <summary>
/// The structure of a model's inputs or outputs: a single tensor, a list, or a dictionary. Files distinguish these, and Keras takes data in
/// the same structure.
/// </summary>
/// <param name="IsList">Whether they are a list, even with one element.</param>
/// <param name="Keys">Their keys in ascending order, or null if they have none.</param>
internal sealed record TensorForm(bool IsList, IReadOnlyList<string>? Keys = null)
{
    public static readonly TensorForm Single = new(IsList: false);

    public static readonly TensorForm List = new(IsList: true);
}
