using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>A pattern of Keras' <c>rearrange</c>, such as <c>b (h two) w -> b h (w two)</c>.</summary>
internal sealed class RearrangePattern
{
    private readonly string[][] from;
    private readonly string[][] to;
    private readonly IReadOnlyDictionary<string, long> lengths;

    private RearrangePattern(string[][] from, string[][] to, IReadOnlyDictionary<string, long> lengths)
    {
        this.from = from;
        this.to = to;
        this.lengths = lengths;
    }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="ArgumentException">The pattern is invalid, or names an axis twice or on one side only.</exception>
    public static RearrangePattern Parse(string pattern, IReadOnlyDictionary<string, long> lengths)
    {
        string[] sides = pattern.Split("->");
        if (sides.Length != 2)
        {
            throw new ArgumentException($"The pattern '{pattern}' has no '->' between two sides.", nameof(pattern));
        }

        string[][] from = Groups(sides[0], pattern);
        string[][] to = Groups(sides[1], pattern);
        string[] left = [.. from.SelectMany(g => g).Order(StringComparer.Ordinal)];
        string[] right = [.. to.SelectMany(g => g).Order(StringComparer.Ordinal)];
        if (!left.SequenceEqual(right) || left.Distinct().Count() != left.Length)
        {
            throw new ArgumentException($"The pattern '{pattern}' must name each axis exactly once on each side.", nameof(pattern));
        }

        return new RearrangePattern(from, to, lengths);
    }

    public Tensor Apply(Tensor x)
    {
        if (x.dim() != from.Length)
        {
            throw new ArgumentException($"the pattern describes {from.Length} axes; the tensor has {x.dim()}");
        }

        var sizes = new Dictionary<string, long>(lengths, StringComparer.Ordinal);
        for (int axis = 0; axis < from.Length; axis++)
        {
            string[] open = [.. from[axis].Where(name => !sizes.ContainsKey(name))];
            long known = from[axis].Except(open).Aggregate(1L, (product, name) => product * sizes[name]);
            if (open.Length > 1 || known <= 0 || x.shape[axis] % known != 0 || (open.Length == 0 && known != x.shape[axis]))
            {
                throw new ArgumentException($"an axis of size {x.shape[axis]} can't be split into ({string.Join(' ', from[axis])})");
            }

            if (open is [var name])
            {
                sizes[name] = x.shape[axis] / known;
            }
        }

        string[] names = [.. from.SelectMany(g => g)];
        long[] order = [.. to.SelectMany(g => g).Select(name => (long)Array.IndexOf(names, name))];
        Tensor apart = x.reshape([.. names.Select(name => sizes[name])]).permute(order);
        return apart.reshape([.. to.Select(group => group.Aggregate(1L, (product, name) => product * sizes[name]))]);
    }

    private static string[][] Groups(string side, string pattern)
    {
        var groups = new List<string[]>();
        List<string>? open = null;
        foreach (string token in side.Replace("(", " ( ", StringComparison.Ordinal).Replace(")", " ) ", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (token)
            {
                case "(" when open is null:
                    open = [];
                    break;
                case ")" when open is not null:
                    groups.Add([.. open]);
                    open = null;
                    break;
                case "(" or ")" or "...":
                    throw new ArgumentException($"The pattern '{pattern}' is invalid at '{token}'.", nameof(pattern));
                default:
                    if (open is null)
                    {
                        groups.Add([token]);
                    }
                    else
                    {
                        open.Add(token);
                    }

                    break;
            }
        }

        return open is null ? [.. groups] : throw new ArgumentException($"The pattern '{pattern}' has an unclosed '('.", nameof(pattern));
    }
}
