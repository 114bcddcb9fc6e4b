using System.Text.Json.Nodes;
using Cairn.Layers;

namespace Cairn.Saving;

/// <summary>A call of a layer as a file describes it: the tensors of each parameter, and plain values.</summary>
internal sealed class GraphCall
{
    private readonly List<(int Position, string? Keyword, KerasTensorNode[] Tensors, bool IsList)> arguments = [];
    private readonly JsonObject values = [];

    private GraphCall(string place) => Place = place;

    /// <summary>Where it stands in the file.</summary>
    public string Place { get; }

    /// <summary>The tensors that go in, in the order of the parameters.</summary>
    public IEnumerable<KerasTensorNode> Tensors => arguments.SelectMany(a => a.Tensors);

    /// <summary>Those without which the layer can't be called: all but masks.</summary>
    public IEnumerable<KerasTensorNode> NeededTensors => arguments.Where(a => !IsMask(a.Keyword)).SelectMany(a => a.Tensors);

    /// <summary>Whether it is a call with two tensors by position, as that of an operator is.</summary>
    public bool TakesTwo => arguments is [{ Position: 0, IsList: false }, { Position: 1, IsList: false }] && values.Count == 0;

    /// <summary>Reads Keras 3's form, <c>{args, kwargs}</c>, or Keras 2's, a list of <c>[layer, call, output, {keywords}]</c>.</summary>
    /// <exception cref="ConfigException">It is neither, or gives no tensor.</exception>
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

    /// <summary>The same call with the numbers of some layers' calls changed.</summary>
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
    /// Leaves out masks that Keras made by operations of its own and wrote into the file; here they follow from the layers that make them.
    /// </summary>
    public void DropMasks(Func<KerasTensorNode, bool> isMade) => arguments.RemoveAll(a => IsMask(a.Keyword) && a.Tensors.All(isMade));

    /// <summary>Which parameters of the layer the tensors are for.</summary>
    /// <exception cref="ConfigException">The layer has no such parameter.</exception>
    public CallArguments ArgumentsFor(Layer layer)
    {
        if (arguments is [(0, _, var only, var asList)] && values.Count == 0)
        {
            return asList ? CallArguments.List(only.Length) : layer.ArgumentsFor(1);
        }

        var tensors = new List<CallArguments.TensorArgument>();
        int start = 0;
        foreach ((int position, string? keyword, KerasTensorNode[] given, bool isList) in arguments)
        {
            string? parameter = keyword ?? layer.CallParameters.ElementAtOrDefault(position);
            if (parameter is null || !layer.CallParameters.Contains(parameter))
            {
                string what = keyword is null ? $"{position + 1} tensors or lists" : $"a tensor for '{keyword}'";
                throw new ConfigException(Place, $"{layer.ClassName} '{layer.Name}' is given {what}; it takes {string.Join(", ", layer.CallParameters)}");
            }

            tensors.Add(new CallArguments.TensorArgument(parameter, start, given.Length, isList));
            start += given.Length;
        }

        foreach ((string keyword, JsonNode? value) in values)
        {
            bool fits = keyword == CallArguments.Training ? value is JsonValue flag && flag.TryGetValue(out bool _) : layer.CallParameters.Count > 1;
            if (!fits)
            {
                throw new ConfigException(Place, $"{layer.ClassName} '{layer.Name}' is called with {keyword}={JsonExcerpt.Of(value, 80)}, which is not known here");
            }
        }

        return new CallArguments(tensors, (JsonObject)values.DeepClone());
    }

    private void ReadNew(ConfigReader config)
    {
        JsonArray positions = config.Node("args") as JsonArray ?? throw config.Error("args", "expected the list of a call's arguments");
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
        // Keras 2 leaves out the outer list around a single tensor in some versions.
        JsonArray?[] entries = list is [JsonValue, ..] ? [list] : [.. list.Select(e => e as JsonArray)];
        var tensors = new List<KerasTensorNode>();
        for (int i = 0; i < entries.Length; i++)
        {
            tensors.Add(KerasTensorNode.TryReadTriple(entries[i]) ?? throw new ConfigException($"{Place}[{i}]", "expected [layer, call, output, {keywords}]"));
        }

        if (tensors.Count > 0)
        {
            arguments.Add((0, null, [.. tensors], tensors.Count > 1));
        }

        // The keywords stand beside every tensor of the call alike.
        if (entries is [{ Count: > 3 } first, ..])
        {
            ReadKeywords(first[3] as JsonObject ?? throw new ConfigException(Place, "expected keywords as an object"));
        }
    }

    private void ReadKeywords(JsonObject keywords)
    {
        foreach ((string keyword, JsonNode? value) in keywords)
        {
            // A mask for each of several tensors, null where one has none.
            JsonNode? given = IsMask(keyword) && value is JsonArray masks ? new JsonArray([.. masks.Where(m => m is not null).Select(m => m!.DeepClone())]) : value;
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

    private static bool IsMask(string? keyword) => keyword?.EndsWith("mask", StringComparison.Ordinal) == true;

    private bool TryAdd(int position, string? keyword, JsonNode? node, string place)
    {
        if (Tensor(node, place) is { } single)
        {
            arguments.Add((position, keyword, [single], false));
            return true;
        }

        if (node is not JsonArray { Count: > 0 } list || Tensor(list[0], place) is null)
        {
            return false;
        }

        KerasTensorNode[] several = [.. list.Select((n, i) => Tensor(n, place) ?? throw new ConfigException($"{place}[{i}]", "expected a tensor as the others"))];
        arguments.Add((position, keyword, several, true));
        return true;
    }

    private static KerasTensorNode? Tensor(JsonNode? node, string place) => KerasTensorNode.TryReadObject(node, place) ?? KerasTensorNode.TryReadTriple(node);
}
