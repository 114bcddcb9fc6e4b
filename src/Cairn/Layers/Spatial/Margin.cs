using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>The number of elements before and after an axis, or one number for both: <c>padding: 1</c> or <c>padding: (1, 0)</c>.</summary>
/// <param name="Before">Elements before the first one.</param>
/// <param name="After">Elements after the last one.</param>
public readonly record struct Margin(long Before, long After)
{
    /// <summary>Converts implicitly from the same number before and after.</summary>
    public static implicit operator Margin(int both) => new(both, both);

    /// <summary>Converts implicitly from a number before and a number after.</summary>
    public static implicit operator Margin((int Before, int After) margin) => new(margin.Before, margin.After);

    /// <summary>Formats the value as a Python tuple: <c>(1, 1)</c>.</summary>
    public override string ToString() => $"({Before}, {After})";

    internal static Margin[] AtLeastZero(Margin[] margins, string argument) => margins.All(m => m.Before >= 0 && m.After >= 0)
        ? margins
        : throw new ArgumentOutOfRangeException(argument, string.Join(", ", margins), $"{argument} must be 0 or more on every side.");

    /// <summary>Keras writes one pair for one axis and a list of pairs for several.</summary>
    internal static JsonArray ToJson(Margin[] margins)
    {
        JsonArray[] pairs = [.. margins.Select(m => new JsonArray(m.Before, m.After))];
        return pairs.Length == 1 ? pairs[0] : new JsonArray([.. pairs]);
    }

    /// <summary>Reads the forms that Keras accepts: one number for all sides, one per axis, or a pair per axis.</summary>
    internal static Margin[] Read(ConfigReader config, string key, int rank, int fallback)
    {
        if (rank > 1 && config.Node(key) is JsonArray list && list.Count == rank)
        {
            return [.. list.Select((item, i) =>
                Pair(new ConfigReader(new JsonObject { [$"{key}[{i}]"] = item?.DeepClone() }, config.Place), $"{key}[{i}]", null))];
        }

        if (rank > 1 && config.Node(key) is JsonArray)
        {
            throw config.Error(key, $"expected a number, {rank} numbers or {rank} pairs of numbers");
        }

        return [.. Enumerable.Repeat(Pair(config, key, [fallback, fallback]), rank)];
    }

    private static Margin Pair(ConfigReader config, string key, long[]? fallback)
    {
        long[] pair = config.Sizes(key, 2, fallback);
        return new Margin(pair[0], pair[1]);
    }
}
