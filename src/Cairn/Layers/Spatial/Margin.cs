using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Elements before and after an axis. One number stands for both: <c>padding: 1</c> or <c>padding: (1, 0)</c>.</summary>
/// <param name="Before">Before the first element.</param>
/// <param name="After">After the last.</param>
public readonly record struct Margin(long Before, long After)
{
    /// <summary>As many before as after.</summary>
    public static implicit operator Margin(int both) => new(both, both);

    /// <summary>A number before and a number after.</summary>
    public static implicit operator Margin((int Before, int After) margin) => new(margin.Before, margin.After);

    /// <summary>As Python writes a tuple: <c>(1, 1)</c>.</summary>
    public override string ToString() => $"({Before}, {After})";

    internal static Margin[] AtLeastZero(Margin[] margins, string argument) => margins.All(m => m.Before >= 0 && m.After >= 0)
        ? margins
        : throw new ArgumentOutOfRangeException(argument, string.Join(", ", margins), $"{argument} must be 0 or more on every side.");

    /// <summary>Keras writes one pair for one axis and a list of pairs for more.</summary>
    internal static JsonArray ToJson(Margin[] margins)
    {
        JsonArray[] pairs = [.. margins.Select(m => new JsonArray(m.Before, m.After))];
        return pairs.Length == 1 ? pairs[0] : new JsonArray([.. pairs]);
    }

    /// <summary>Reads what Keras takes: one number for all sides, one for each axis, or a pair for each axis.</summary>
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
