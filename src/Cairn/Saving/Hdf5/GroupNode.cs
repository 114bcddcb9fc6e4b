namespace Cairn.Saving.Hdf5;

/// <summary>A group of a file to be written: groups and weights by name, and string attributes.</summary>
internal sealed class GroupNode
{
    private readonly OrderedDictionary<string, GroupNode> groups = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, WeightData> weights = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, (string[] Texts, bool IsList)> attributes = new(StringComparer.Ordinal);

    /// <summary>The child groups, in the order in which they were added.</summary>
    public IReadOnlyDictionary<string, GroupNode> Groups => groups;

    /// <summary>The weights, in the order in which they were added.</summary>
    public IReadOnlyDictionary<string, WeightData> Weights => weights;

    /// <summary>The attributes: a string or a list of strings each.</summary>
    public IReadOnlyDictionary<string, (string[] Texts, bool IsList)> Attributes => attributes;

    /// <summary>Whether the group is empty.</summary>
    public bool IsEmpty => groups.Count == 0 && weights.Count == 0 && attributes.Count == 0;

    /// <summary>Sets an attribute to a string.</summary>
    public void Set(string attribute, string text) => attributes[attribute] = ([text], false);

    /// <summary>Sets an attribute to a list of strings.</summary>
    public void Set(string attribute, string[] texts) => attributes[attribute] = (texts, true);

    /// <summary>Adds a group, unless the name is taken.</summary>
    public bool TryAdd(string name, GroupNode group) => !weights.ContainsKey(name) && groups.TryAdd(name, group);

    /// <summary>Adds a weight, unless the name is taken.</summary>
    public bool TryAdd(string name, WeightData weight) => !groups.ContainsKey(name) && weights.TryAdd(name, weight);
}
