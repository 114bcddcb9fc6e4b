namespace Cairn.Saving.Hdf5;

/// <summary>A group of a file that is to be written: groups and weights by name, and attributes that are texts.</summary>
internal sealed class GroupNode
{
    private readonly OrderedDictionary<string, GroupNode> groups = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, WeightData> weights = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, (string[] Texts, bool IsList)> attributes = new(StringComparer.Ordinal);

    /// <summary>The groups within, in the order in which they were added.</summary>
    public IReadOnlyDictionary<string, GroupNode> Groups => groups;

    /// <summary>The weights within, in the order in which they were added.</summary>
    public IReadOnlyDictionary<string, WeightData> Weights => weights;

    /// <summary>The attributes: one text, or a list of them.</summary>
    public IReadOnlyDictionary<string, (string[] Texts, bool IsList)> Attributes => attributes;

    /// <summary>Whether nothing was added yet.</summary>
    public bool IsEmpty => groups.Count == 0 && weights.Count == 0 && attributes.Count == 0;

    /// <summary>Sets an attribute to a text.</summary>
    public void Set(string attribute, string text) => attributes[attribute] = ([text], false);

    /// <summary>Sets an attribute to a list of texts.</summary>
    public void Set(string attribute, string[] texts) => attributes[attribute] = (texts, true);

    /// <summary>Adds a group, unless something of that name is there.</summary>
    public bool TryAdd(string name, GroupNode group) => !weights.ContainsKey(name) && groups.TryAdd(name, group);

    /// <summary>Adds a weight, unless something of that name is there.</summary>
    public bool TryAdd(string name, WeightData weight) => !groups.ContainsKey(name) && weights.TryAdd(name, weight);
}
