using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>The key of an indexing expression such as <c>x[..., 1:, None, 0]</c>.</summary>
internal sealed class IndexKey
{
    private readonly List<Part> parts = [];

    private enum Kind
    {
        Slice,
        Number,
        NewAxis,
        Ellipsis,
        Tensor,
    }

    /// <summary>Reads a key from a file.</summary>
    /// <exception cref="ArgumentException">The key is invalid.</exception>
    public static IndexKey Read(Operand operand, OperationArguments arguments)
    {
        var key = new IndexKey();
        switch (operand)
        {
            case Operand.Group group:
                foreach (Operand member in group.Members)
                {
                    key.parts.Add(member is Operand.Symbol symbol
                        ? new Part(Kind.Tensor, Source: new OperationSource(symbol.Index))
                        : PartOf((member as Operand.Plain)?.Value, arguments));
                }

                break;
            case Operand.Symbol symbol:
                key.parts.Add(new Part(Kind.Tensor, Source: new OperationSource(symbol.Index)));
                break;
            case Operand.Plain { Value: JsonArray list }:
                key.parts.AddRange(list.Select(item => PartOf(item, arguments)));
                break;
            case Operand.Plain plain:
                key.parts.Add(PartOf(plain.Value, arguments));
                break;
        }

        return key.parts.Count(p => p.Kind == Kind.Ellipsis) <= 1 && key.parts.Count <= 64 ? key : throw arguments.Wrong("key", "an index");
    }

    public Tensor Apply(Tensor x, Tensor[] inputs)
    {
        int axes = parts.Count(p => p.Kind is Kind.Slice or Kind.Number or Kind.Tensor);
        if (axes > x.dim())
        {
            throw new ArgumentException($"the key indexes {axes} axes; the tensor has {x.dim()}");
        }

        int axis = 0;
        foreach (Part part in parts)
        {
            switch (part.Kind)
            {
                case Kind.Ellipsis:
                    axis = (int)x.dim() - parts.SkipWhile(p => p.Kind != Kind.Ellipsis)
                        .Count(p => p.Kind is Kind.Slice or Kind.Number or Kind.Tensor);
                    break;
                case Kind.NewAxis:
                    x = x.unsqueeze(axis++);
                    break;
                case Kind.Number:
                    x = x.select(axis, part.Start!.Value);
                    break;
                case Kind.Slice:
                    x = Sliced(x, axis++, part);
                    break;
                case Kind.Tensor:
                    Tensor index = part.Source!.Of(inputs);
                    if (parts.Count(p => p.Kind == Kind.Tensor) > 1 || index.dtype == ScalarType.Bool)
                    {
                        throw new ArgumentException("indexing by several tensors or by a Boolean tensor is not supported");
                    }

                    x = IndexingOperations.Taken(x, index, axis);
                    axis += (int)index.dim();
                    break;
            }
        }

        return x;
    }

    private static Tensor Sliced(Tensor x, int axis, Part part)
    {
        long step = part.Step ?? 1;
        if (part.Start is null && part.Stop is null && step == 1)
        {
            return x;
        }

        if (step > 0)
        {
            return x.slice(axis, part.Start ?? 0, part.Stop ?? long.MaxValue, step);
        }

        // libtorch does not support negative steps: the same indices from the other end.
        long size = x.shape[axis];
        long first = part.Start is { } start ? Math.Min(start < 0 ? start + size : start, size - 1) : size - 1;
        long end = part.Stop is { } stop ? Math.Max(stop < 0 ? stop + size : stop, -1) : -1;
        return x.flip([axis]).slice(axis, Math.Max(size - 1 - first, 0), Math.Max(size - 1 - end, 0), -step);
    }

    private static Part PartOf(JsonNode? node, OperationArguments arguments)
    {
        switch (node)
        {
            case null:
                return new Part(Kind.NewAxis);
            case JsonObject envelope when (envelope["class_name"] as JsonValue)?.TryGetValue(out string? name) == true:
                if (name == "__ellipsis__")
                {
                    return new Part(Kind.Ellipsis);
                }

                if (name == "__slice__" && envelope["config"] is JsonObject slice)
                {
                    return Slice(slice, arguments);
                }

                break;
            case JsonObject bare when bare.ContainsKey("start"):
                return Slice(bare, arguments);
            case JsonArray or JsonObject:
                break;
            case JsonValue value when value.TryGetValue(out string? text) && text == "...":
                return new Part(Kind.Ellipsis);
            case JsonValue value when Whole(value) is { } number:
                return new Part(Kind.Number, number);
        }

        throw arguments.Wrong("key", "integers, slices, None and at most one ellipsis");
    }

    private static Part Slice(JsonObject slice, OperationArguments arguments)
    {
        long? step = Bound("step");
        return step == 0 ? throw arguments.Wrong("key", "slices with a nonzero step")
            : new Part(Kind.Slice, Bound("start"), Bound("stop"), step);

        long? Bound(string name) => slice[name] switch
        {
            null => null,
            JsonValue value when Whole(value) is { } number => number,
            _ => throw arguments.Wrong("key", "slices of integers"),
        };
    }

    private static long? Whole(JsonValue value) =>
        value.TryGetValue(out long whole) ? whole : value.TryGetValue(out int small) ? small : null;

    private sealed record Part(Kind Kind, long? Start = null, long? Stop = null, long? Step = null, OperationSource? Source = null);
}
