namespace Cairn.Layers;

/// <summary>The names of a model's layers, and how far the automatic ones were counted: a file may hold many thousands of one class.</summary>
internal sealed class TakenNames
{
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);

    /// <summary>Takes a name; false if it is taken.</summary>
    public bool Add(string name) => names.Add(name);

    /// <summary>Takes the first free one of <c>stem_1</c>, <c>stem_2</c>, …</summary>
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

    /// <summary>The name itself where nothing has it yet, else the first free one with a number; it is taken then.</summary>
    public string Unique(string name) => Add(name) ? name : AddNumbered(name);
}
