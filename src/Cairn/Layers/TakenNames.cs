namespace Cairn.Layers;

/// <summary>
/// The layer names of a model and the last number of each automatic name, since a file may contain thousands of layers of one class.
/// </summary>
internal sealed class TakenNames
{
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);

    /// <summary>Adds a name; returns false if it is already taken.</summary>
    public bool Add(string name) => names.Add(name);

    /// <summary>Releases a name.</summary>
    public void Remove(string name) => names.Remove(name);

    /// <summary>Adds the first free name of <c>stem_1</c>, <c>stem_2</c>, …</summary>
    public string AddNumbered(string stem)
    {
        int number = numbers.GetValueOrDefault(stem);
        string name;
        do
        {
            name = $"{stem}_{++number}";
        }
        while (!names.Add(name));
        numbers[stem] = number;
        return name;
    }

    /// <summary>Adds the name itself if it is free, otherwise the first free numbered one, and returns it.</summary>
    public string Unique(string name) => Add(name) ? name : AddNumbered(name);
}
