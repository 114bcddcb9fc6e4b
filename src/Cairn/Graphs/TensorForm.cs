namespace Cairn.Graphs;

/// <summary>How a model's inputs or outputs were given: one alone, as a list, or by keys. Files keep these apart, and Keras takes data in the same form.</summary>
/// <param name="IsList">Whether they are a list, also where it has one member.</param>
/// <param name="Keys">Their keys in rising order, or null where they have none.</param>
internal sealed record TensorForm(bool IsList, IReadOnlyList<string>? Keys = null)
{
    public static readonly TensorForm Single = new(IsList: false);

    public static readonly TensorForm List = new(IsList: true);
}
