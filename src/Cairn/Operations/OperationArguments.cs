using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Operations;

/// <summary>The settings and arguments of an operation, by Keras' names, with type checks.</summary>
internal sealed class OperationArguments
{
    private const int MostNumbers = 1 << 24;
    private const int MostMembers = 10_000;

    private readonly Dictionary<string, Operand> values = new(StringComparer.Ordinal);
    private readonly OperationDefinition definition;
    private readonly List<Tensor> constants;

    /// <summary>Binds arguments to parameters.</summary>
    /// <param name="definition">The operation.</param>
    /// <param name="settings">The settings from the configuration; missing ones have their defaults.</param>
    /// <param name="positions">The arguments by position.</param>
    /// <param name="keywords">The arguments by name.</param>
    /// <param name="constants">Receives the tensors created from plain values.</param>
    /// <exception cref="ArgumentException">An argument is missing, unknown or given twice.</exception>
    public OperationArguments(
        OperationDefinition definition, JsonObject settings, IReadOnlyList<Operand> positions,
        IReadOnlyDictionary<string, Operand> keywords, List<Tensor> constants)
    {
        this.definition = definition;
        this.constants = constants;
        foreach (OperationParameter setting in definition.Settings)
        {
            if (!settings.ContainsKey(setting.Name) && !setting.HasDefault)
            {
                throw new ArgumentException($"{definition.ClassName} needs the setting {setting.Name}.");
            }

            values[setting.Name] =
                new Operand.Plain(settings.ContainsKey(setting.Name) ? settings[setting.Name]?.DeepClone() : setting.Default);
        }

        PutPositions(positions);
        foreach ((string name, Operand value) in keywords)
        {
            if (definition.Parameters.All(p => p.Name != name) && !definition.Parameters.Any(p => p.IsRest))
            {
                throw new ArgumentException(
                    $"{definition.ClassName} has no parameter {name}; "
                    + $"it takes {string.Join(", ", definition.Parameters.Select(p => p.Name))}.");
            }

            if (!values.TryAdd(name, value))
            {
                throw new ArgumentException($"{definition.ClassName} got {name} twice.");
            }
        }

        foreach (OperationParameter parameter in definition.Parameters.Where(p => !values.ContainsKey(p.Name)))
        {
            values[parameter.Name] = parameter.HasDefault
                ? new Operand.Plain(parameter.Default)
                : throw new ArgumentException($"{definition.ClassName} needs {parameter.Name}.");
        }
    }

    /// <summary>The parameters of the call.</summary>
    public IReadOnlyList<OperationParameter> Parameters => definition.Parameters;

    /// <summary>Additional keyword arguments, for operations that accept any.</summary>
    public IEnumerable<KeyValuePair<string, Operand>> Others =>
        values.Where(v => definition.Parameters.All(p => p.Name != v.Key) && definition.Settings.All(s => s.Name != v.Key));

    /// <summary>The same arguments with one of them replaced by integers.</summary>
    public OperationArguments With(string name, long[] numbers)
    {
        values[name] = new Operand.Plain(new JsonArray([.. numbers.Select(number => (JsonNode?)JsonValue.Create(number))]));
        return this;
    }

    public Operand this[string name] => values.GetValueOrDefault(name) ?? Operand.None;

    public bool IsNone(string name) => this[name].IsNone;

    /// <summary>The tensor of a parameter; a plain value becomes a constant.</summary>
    public OperationSource Tensor(string name) => Source(this[name], name);

    /// <summary>The same, or null for <c>None</c>.</summary>
    public OperationSource? OptionalTensor(string name) => IsNone(name) ? null : Tensor(name);

    /// <summary>The tensors of a list.</summary>
    public OperationSource[] Tensors(string name) => this[name] switch
    {
        Operand.Group group => [.. group.Members.Select(member => Source(member, name))],
        Operand.Plain { Value: JsonArray list } when list.Count <= MostMembers =>
            [.. list.Select(member => Source(new Operand.Plain(member), name))],
        Operand.Symbol symbol => [Source(symbol, name)],
        _ => throw Wrong(name, "a list of tensors"),
    };

    public bool Bool(string name) => Value(name) is JsonValue value && value.TryGetValue(out bool flag) ? flag
        : Value(name) is JsonValue number && number.GetValueKind() == JsonValueKind.Number ? Long(name) != 0
        : throw Wrong(name, "true or false");

    public long Long(string name) => OptionalLong(name) ?? throw Wrong(name, "an integer");

    public int Int(string name) =>
        Long(name) is >= int.MinValue and <= int.MaxValue and var number ? (int)number : throw Wrong(name, "a 32-bit integer");

    public long? OptionalLong(string name) => Value(name) is { } node ? Whole(node, name) : null;

    public double Double(string name) => OptionalDouble(name) ?? throw Wrong(name, "a number");

    public double? OptionalDouble(string name) => Value(name) is { } node ? Number(node, name) : null;

    public string? OptionalString(string name) => Value(name) switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text,
        _ => throw Wrong(name, "a string"),
    };

    public string String(string name) => OptionalString(name) ?? throw Wrong(name, "a string");

    public string Choice(string name, params string[] allowed) =>
        String(name) is var text && allowed.Contains(text) ? text
        : throw Wrong(name, $"one of {string.Join(", ", allowed.Select(a => $"'{a}'"))}");

    /// <summary>An integer or a list of integers; null for <c>None</c>.</summary>
    public long[]? Axes(string name) => Value(name) switch
    {
        null => null,
        JsonArray list when list.Count <= MostMembers => [.. list.Select(item => Whole(item, name))],
        JsonObject envelope => [.. Array(envelope, name).Select(number => (long)number)],
        var node => [Whole(node, name)],
    };

    /// <summary>A list of integers; a single one is repeated <paramref name="count"/> times if that is given.</summary>
    public long[] Sizes(string name, int? count = null) => Axes(name) switch
    {
        null => throw Wrong(name, "integers"),
        [var one] when Value(name) is not JsonArray && count is { } n => [.. Enumerable.Repeat(one, n)],
        var sizes when count is null || sizes.Length == count => sizes,
        _ => throw Wrong(name, $"{count} integers"),
    };

    public JsonNode? Value(string name) => this[name] switch
    {
        Operand.Plain plain => plain.Value,
        _ => throw Wrong(name, "a plain value"),
    };

    /// <summary>The named type; null for <c>None</c>.</summary>
    public ScalarType? Type(string name) => OptionalString(name) is { } type ? ElementTypes.Parse(type) : null;

    public ArgumentException Wrong(string name, string expected) =>
        new($"{definition.ClassName} expects {expected} for {name}; "
        + $"got {(this[name] is Operand.Plain plain ? JsonExcerpt.Of(plain.Value ?? "None", 80) : "a tensor")}.");

    private static bool IsArray(JsonObject envelope) =>
        envelope["class_name"] is JsonValue name && name.TryGetValue(out string? text) && text is "__numpy__" or "__tensor__"
        && envelope["config"] is JsonObject;

    private void PutPositions(IReadOnlyList<Operand> positions)
    {
        for (int i = 0; i < positions.Count; i++)
        {
            if (i < definition.Parameters.Count && definition.Parameters[i].IsRest)
            {
                values[definition.Parameters[i].Name] = new Operand.Group([.. positions.Skip(i)]);
                return;
            }

            if (i >= definition.Parameters.Count)
            {
                throw new ArgumentException($"{definition.ClassName} got {positions.Count} arguments; it "
                    + $"takes {definition.Parameters.Count}.");
            }

            values[definition.Parameters[i].Name] = positions[i];
        }
    }

    private OperationSource Source(Operand operand, string name)
    {
        if (operand is Operand.Symbol symbol)
        {
            return new OperationSource(symbol.Index);
        }

        if (operand is not Operand.Plain { Value: { } value })
        {
            throw Wrong(name, "a tensor");
        }

        Tensor constant = Constant(value, name).DetachFromDisposeScope();
        constants.Add(constant);
        return new OperationSource(constant);
    }

    /// <summary>Converts plain values to a tensor: integers are int32, others float32, as in Keras.</summary>
    private Tensor Constant(JsonNode value, string name)
    {
        if (value is JsonObject envelope)
        {
            if (!IsArray(envelope))
            {
                throw Wrong(name, "a tensor");
            }

            ScalarType type = (envelope["config"]!["dtype"] as JsonValue)?.TryGetValue(out string? text) == true ? ElementTypes.Parse(text)
                : ScalarType.Float32;
            using Tensor floats = Nested(envelope["config"]!["value"], name, out _);
            return floats.to_type(type);
        }

        using Tensor numbers = Nested(value, name, out ScalarType kind);
        return numbers.to_type(kind);
    }

    private double[] Array(JsonObject envelope, string name) =>
        Constant(envelope, name).to_type(ScalarType.Float64).flatten().data<double>().ToArray();

    private Tensor Nested(JsonNode? value, string name, out ScalarType kind)
    {
        var numbers = new List<double>();
        var sizes = new List<long>();
        ScalarType found = ScalarType.Bool;
        Read(value, 0);
        long count = sizes.Aggregate(1L, (product, size) => product * size);
        if (count != numbers.Count)
        {
            throw Wrong(name, "lists of equal length");
        }

        kind = numbers.Count == 0 ? ScalarType.Float32 : found;
        return tensor(numbers.ToArray(), [.. sizes], ScalarType.Float64);

        void Read(JsonNode? node, int depth)
        {
            if (node is JsonArray list)
            {
                if (depth >= 16)
                {
                    throw Wrong(name, "at most 16 nested lists");
                }

                if (sizes.Count == depth)
                {
                    sizes.Add(list.Count);
                }
                else if (sizes[depth] != list.Count)
                {
                    throw Wrong(name, "lists of equal length");
                }

                foreach (JsonNode? item in list)
                {
                    Read(item, depth + 1);
                }

                return;
            }

            if (depth != sizes.Count || numbers.Count >= MostNumbers)
            {
                throw Wrong(name, "lists of equal length");
            }

            if (node is JsonValue flag && flag.TryGetValue(out bool truth))
            {
                numbers.Add(truth ? 1 : 0);
                return;
            }

            numbers.Add(Number(node, name));
            found = IsFloat(node!) ? ScalarType.Float32 : found == ScalarType.Bool ? ScalarType.Int32 : found;
        }
    }

    /// <summary>Python distinguishes 2.0 from 2.</summary>
    private static bool IsFloat(JsonNode node) =>
        node is JsonValue value && (value.GetValueKind() != JsonValueKind.Number || !value.TryGetValue(out long _)
        || node.ToJsonString().AsSpan().IndexOfAny('.', 'e', 'E') >= 0);

    private double Number(JsonNode? node, string name)
    {
        if (node is JsonValue value)
        {
            switch (value.GetValueKind())
            {
                case JsonValueKind.Number:
                    return value.TryGetValue(out double number) ? number : value.TryGetValue(out long whole) ? whole
                        : value.GetValue<int>();
                case JsonValueKind.String:
                    return value.GetValue<string>() switch
                    {
                        "Infinity" or "inf" => double.PositiveInfinity,
                        "-Infinity" or "-inf" => double.NegativeInfinity,
                        "NaN" or "nan" => double.NaN,
                        _ => throw Wrong(name, "a number"),
                    };
            }
        }

        throw Wrong(name, "a number");
    }

    private long Whole(JsonNode? node, string name) =>
        Number(node, name) is var number && number == Math.Floor(number) && Math.Abs(number) < 1L << 53
        ? (long)number
        : throw Wrong(name, "an integer");
}
