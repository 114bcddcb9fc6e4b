using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Operations;

namespace Cairn.Saving;

/// <summary>A layer call as described in a file: the tensors of each parameter, and plain values.</summary>
internal sealed class GraphCall
{
    private const int MostNested = 8;

    private readonly List<(int Position, string? Keyword, KerasTensorNode[] Tensors, bool IsList)> arguments = [];
    private readonly JsonObject values = [];
    private readonly List<Operand> positions = [];
    private readonly Dictionary<string, Operand> keywords = new(StringComparer.Ordinal);

    private GraphCall(string place) => Place = place;

    /// <summary>Its place in the file.</summary>
    public string Place { get; }

    /// <summary>The input tensors, in the order of the parameters.</summary>
    public IEnumerable<KerasTensorNode> Tensors => arguments.SelectMany(a => a.Tensors);

    /// <summary>The tensors that the layer requires: all but masks.</summary>
    public IEnumerable<KerasTensorNode> NeededTensors => arguments.Where(a => !IsMask(a.Keyword)).SelectMany(a => a.Tensors);

    /// <summary>The positional arguments of an operation.</summary>
    public IReadOnlyList<Operand> Positions => positions;

    /// <summary>The keyword arguments of an operation.</summary>
    public IReadOnlyDictionary<string, Operand> Keywords => keywords;

    /// <summary>Reads Keras 3's form, <c>{args, kwargs}</c>, or Keras 2's, a list of <c>[layer, call, output, {keywords}]</c>.</summary>
    /// <exception cref="ConfigException">It has neither form, or no tensor.</exception>
    public static GraphCall Read(JsonNode? node, string place)
    {
        var call = new GraphCall(place);
        if (node is JsonArray list)
        {
            call.ReadOld(list);
        }
        else
        {
            call.ReadNew(ConfigReader.From(node, place));
        }

        return call.arguments.Count > 0 ? call : throw new ConfigException(place, "expected a call with tensors, found none");
    }

    /// <summary>Reads the call of an operation, where any argument may be a tensor or a plain value.</summary>
    /// <exception cref="ConfigException">It is malformed, or has no tensor.</exception>
    public static GraphCall ReadOperation(JsonNode? node, string place)
    {
        var call = new GraphCall(place);
        if (node is JsonArray list)
        {
            call.ReadTensorFlow(list);
        }
        else
        {
            var config = ConfigReader.From(node, place);
            JsonArray given = config.Node("args") as JsonArray ?? throw config.Error("args", "expected a list of arguments");
            call.positions.AddRange(given.Select((value, i) => call.Operand(value, $"{place}/args[{i}]", bareTensors: false)));
            foreach ((string keyword, JsonNode? value) in config.Node("kwargs") as JsonObject ?? [])
            {
                call.keywords[keyword] = call.Operand(value, $"{place}/{keyword}", bareTensors: false);
            }
        }

        return call.arguments.Count > 0 ? call : throw new ConfigException(place, "expected a call with tensors, found none");
    }

    /// <summary>Renumbers the calls of some layers.</summary>
    public void Renumber(Func<KerasTensorNode, KerasTensorNode> renumber)
    {
        foreach ((int Position, string? Keyword, KerasTensorNode[] Tensors, bool IsList) argument in arguments)
        {
            for (int i = 0; i < argument.Tensors.Length; i++)
            {
                argument.Tensors[i] = renumber(argument.Tensors[i]);
            }
        }
    }

    /// <summary>
    /// Drops the masks that Keras computed with separate operations and wrote to the file; here the layers compute them again.
    /// </summary>
    public void DropMasks(Func<KerasTensorNode, bool> isMade) => arguments.RemoveAll(a => IsMask(a.Keyword) && a.Tensors.All(isMade));

    /// <summary>Maps the tensors to the parameters of the layer.</summary>
    /// <exception cref="ConfigException">The layer has no such parameter.</exception>
    public CallArguments ArgumentsFor(Layer layer)
    {
        // A function or a user-defined class accepts any argument.
        bool takesAll = layer is Lambda || layer.GetType().Assembly != typeof(Layer).Assembly;
        if (arguments is [(0, _, var only, var asList)] && values.Count == 0)
        {
            return !asList ? layer.ArgumentsFor(1) : layer is RecurrentLayer ? layer.ArgumentsFor(only.Length)
                : CallArguments.List(only.Length);
        }

        var tensors = new List<CallArguments.TensorArgument>();
        int start = 0;
        foreach ((int position, string? keyword, KerasTensorNode[] given, bool isList) in arguments)
        {
            string? parameter = keyword ?? layer.CallParameters.ElementAtOrDefault(position) ?? (takesAll ? "" : null);
            if (parameter is null || (!takesAll && !layer.CallParameters.Contains(parameter)))
            {
                string what = keyword is null ? $"{position + 1} tensors or lists" : $"a tensor for '{keyword}'";
                throw new ConfigException(Place,
                    $"{layer.ClassName} '{layer.Name}' was given {what}; it takes {string.Join(", ", layer.CallParameters)}");
            }

            tensors.Add(new CallArguments.TensorArgument(parameter, start, given.Length, isList));
            start += given.Length;
        }

        foreach ((string keyword, JsonNode? value) in values)
        {
            bool fits = keyword == CallArguments.Training ? value is JsonValue flag && flag.TryGetValue(out bool _) : takesAll
                || layer.CallParameters.Count > 1;
            if (!fits)
            {
                throw new ConfigException(Place,
                    $"{layer.ClassName} '{layer.Name}' is called with {keyword}={JsonExcerpt.Of(value, 80)}, which is not supported");
            }
        }

        return new CallArguments(tensors, (JsonObject)values.DeepClone());
    }

    private void ReadNew(ConfigReader config)
    {
        JsonArray positions = config.Node("args") as JsonArray ?? throw config.Error("args", "expected a list of arguments");
        for (int i = 0; i < positions.Count; i++)
        {
            if (positions[i] is null)
            {
                continue;
            }

            string place = $"{Place}/args[{i}]";
            if (!TryAdd(i, null, positions[i], place))
            {
                throw new ConfigException(place, "expected a tensor or a list of tensors");
            }
        }

        if (config.Has("kwargs"))
        {
            ReadKeywords(config.Node("kwargs") as JsonObject ?? throw config.Error("kwargs", "expected an object"));
        }
    }

    private void ReadOld(JsonArray list)
    {
        // Some versions of Keras 2 omit the outer list around a single tensor.
        JsonArray?[] entries = list is [JsonValue, ..] ? [list] : [.. list.Select(e => e as JsonArray)];
        var tensors = new List<KerasTensorNode>();
        for (int i = 0; i < entries.Length; i++)
        {
            tensors.Add(KerasTensorNode.TryReadTriple(entries[i])
                ?? throw new ConfigException($"{Place}[{i}]", "expected [layer, call, output, {keywords}]"));
        }

        if (tensors.Count > 0)
        {
            arguments.Add((0, null, [.. tensors], tensors.Count > 1));
        }

        // All tensors of the call carry the same keywords.
        if (entries is [{ Count: > 3 } first, ..])
        {
            ReadKeywords(first[3] as JsonObject ?? throw new ConfigException(Place, "expected keywords as an object"));
        }
    }

    private void ReadKeywords(JsonObject keywords)
    {
        foreach ((string keyword, JsonNode? value) in keywords)
        {
            // One mask per tensor, null for a tensor without one.
            JsonNode? given = IsMask(keyword) && value is JsonArray masks
                ? new JsonArray([.. masks.Where(m => m is not null).Select(m => m!.DeepClone())]) : value;
            if (given is null or JsonArray { Count: 0 })
            {
                continue;
            }

            if (!TryAdd(-1, keyword, given, $"{Place}/{keyword}"))
            {
                values[keyword] = given.DeepClone();
            }
        }
    }

    // Keras fills in propagated masks; the mask of attention between two sequences is always passed explicitly.
    private static bool IsMask(string? keyword) =>
        keyword is not "attention_mask" && keyword?.EndsWith("mask", StringComparison.Ordinal) == true;

    /// <summary>TensorFlow's form: the first argument as <c>[layer, call, output, {keywords}]</c>, or a list of these.</summary>
    private void ReadTensorFlow(JsonArray list)
    {
        JsonObject? others = null;
        positions.Add(First(list, Place, 0));
        foreach ((string keyword, JsonNode? value) in others ?? [])
        {
            keywords[keyword] = Operand(value, $"{Place}/{keyword}", bareTensors: true);
        }

        Operand First(JsonNode? node, string at, int depth)
        {
            if (node is not JsonArray entry || depth > MostNested)
            {
                throw new ConfigException(at, "expected [layer, call, output, {keywords}]");
            }

            if (entry is not [JsonValue name, ..] || !name.TryGetValue(out string? layer))
            {
                return new Operand.Group([.. entry.Select((item, i) => First(item, $"{at}[{i}]", depth + 1))]);
            }

            others ??= entry.Count > 3 ? entry[3] as JsonObject : null;
            if (layer == "_CONSTANT_VALUE" && entry.Count > 2)
            {
                return new Operand.Plain(entry[2]?.DeepClone());
            }

            return Symbol(KerasTensorNode.TryReadTriple(entry)
                ?? throw new ConfigException(at, "expected [layer, call, output, {keywords}]"));
        }
    }

    private Operand Symbol(KerasTensorNode tensor)
    {
        arguments.Add((arguments.Count, null, [tensor], false));
        return new Operand.Symbol(arguments.Count - 1);
    }

    private Operand Operand(JsonNode? node, string place, bool bareTensors, int depth = 0)
    {
        if (KerasTensorNode.TryReadObject(node, place) is { } tensor)
        {
            return Symbol(tensor);
        }

        if (bareTensors && node is JsonArray { Count: 3 } && KerasTensorNode.TryReadTriple(node) is { } bare)
        {
            return Symbol(bare);
        }

        if (node is not JsonArray list || !HoldsTensors(list, bareTensors, depth))
        {
            return new Operand.Plain(node?.DeepClone());
        }

        return new Operand.Group([.. list.Select((item, i) => Operand(item, $"{place}[{i}]", bareTensors, depth + 1))]);
    }

    private static bool HoldsTensors(JsonArray list, bool bareTensors, int depth) => depth <= MostNested && list.Any(item => item switch
    {
        JsonArray inner => (bareTensors && inner.Count == 3 && KerasTensorNode.TryReadTriple(inner) is not null)
            || HoldsTensors(inner, bareTensors, depth + 1),
        JsonObject envelope => envelope["class_name"] is JsonValue name && name.TryGetValue(out string? text)
            && text == KerasTensorNode.ClassName,
        _ => false,
    });

    private bool TryAdd(int position, string? keyword, JsonNode? node, string place)
    {
        if (Tensor(node, place) is { } single)
        {
            arguments.Add((position, keyword, [single], false));
            return true;
        }

        if (node is not JsonArray { Count: > 0 } list)
        {
            return false;
        }

        // The states of stacked cells: one list per cell.
        if ((keyword == "initial_state" || position > 0) && list.Any(item => Tensor(item, place) is null && item is JsonArray))
        {
            list = [.. list.SelectMany(item => Tensor(item, place) is null && item is JsonArray group ? [.. group] : (JsonNode?[])[item])
                .Select(item => item?.DeepClone())];
        }

        if (list.Count == 0 || Tensor(list[0], place) is null)
        {
            return false;
        }

        KerasTensorNode[] several =
            [.. list.Select((n, i) => Tensor(n, place) ?? throw new ConfigException($"{place}[{i}]", "expected a tensor like the others"))];
        arguments.Add((position, keyword, several, true));
        return true;
    }

    private static KerasTensorNode? Tensor(JsonNode? node, string place) =>
        KerasTensorNode.TryReadObject(node, place) ?? KerasTensorNode.TryReadTriple(node);
}
