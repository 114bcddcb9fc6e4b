using System.Text.Json.Nodes;
using Cairn.Graphs;
using Cairn.Layers;
using Cairn.Operations;
using Cairn.Operations.TensorFlow;

namespace Cairn.Saving;

/// <summary>Creates a functional model from its configuration: all layers first, then each call once its inputs exist.</summary>
internal sealed class GraphReader
{
    private const int MostLayers = 100_000;
    private const int MostNamed = 5;
    private const int MostUnknown = 1000;

    private readonly string place;
    private readonly List<Entry> entries = [];
    private readonly Dictionary<string, Entry> byName = new(StringComparer.Ordinal);
    private bool ofKeras2;
    private long layersRun;

    private GraphReader(string place) => this.place = place;

    /// <summary>Creates the model, unbuilt.</summary>
    /// <exception cref="ConfigException">The configuration is malformed, or its graph has cycles or missing tensors.</exception>
    public static Functional Read(ConfigReader config)
    {
        var reader = new GraphReader(config.Place);
        reader.ReadLayers(config);
        (List<KerasTensorNode> inputs, TensorForm inputForm) = reader.ReadEnds(config, "input_layers");
        (List<KerasTensorNode> outputs, TensorForm outputForm) = reader.ReadEnds(config, "output_layers");
        reader.CountFromZero(inputs, outputs);
        reader.SpreadUnknown();
        reader.MakeCalls();
        return new Functional(
            [.. inputs.Select(t => reader.Find(t, $"{config.Place}/input_layers"))],
            [.. outputs.Select(t => reader.Find(t, $"{config.Place}/output_layers"))],
            inputForm,
            outputForm,
            config.OptionalString("name"),
            seed: null);
    }

    private void ReadLayers(ConfigReader config)
    {
        if (config.Node("layers") is not JsonArray list)
        {
            throw config.Error("layers", "expected a list of layers");
        }

        if (list.Count > MostLayers)
        {
            throw config.Error("layers", $"expected at most {MostLayers} layers, found {list.Count}");
        }

        int unknown = 0;
        for (int i = 0; i < list.Count; i++)
        {
            string at = $"{place}/layers[{i}]";
            var entry = ConfigReader.From(list[i], at);
            string name = entry.OptionalString("name") ?? KerasObject.Unwrap(list[i], at).Config.String("name");
            JsonArray nodes = entry.Node("inbound_nodes") as JsonArray
                ?? (entry.Has("inbound_nodes") ? throw entry.Error("inbound_nodes", "expected a list") : []);
            ofKeras2 |= nodes is [JsonArray, ..];
            var made = new Entry(name);
            try
            {
                made.Translation = TensorFlowOperation.TryRead(entry, at);
                made.Layer = made.Translation is null ? ReadOperation(entry, nodes, name, at)
                    ?? LayerRegistry.Deserialize(list[i], at) : null;
                made.Calls.AddRange(nodes.Select((node, n) => made.IsOperation
                    ? GraphCall.ReadOperation(node, $"{at}/inbound_nodes[{n}]")
                    : GraphCall.Read(node, $"{at}/inbound_nodes[{n}]")));
                if (made.Layer is Input input)
                {
                    made.Outputs.Add([input.Output]);
                }
            }
            catch (ConfigException exception) when (made is { Layer: null, Translation: null } && ++unknown <= MostUnknown)
            {
                // Keras lists the operations that compute masks among the layers. Only the layers that the outputs depend on must be known.
                made.Unknown = exception;
            }

            if (!byName.TryAdd(name, made))
            {
                throw new ConfigException(at, $"two layers have the name '{name}'");
            }

            entries.Add(made);
        }
    }

    /// <summary>The operation of an entry; null if the entry is a layer.</summary>
    /// <exception cref="ConfigException">The operation is not supported.</exception>
    private static Operation? ReadOperation(ConfigReader entry, JsonArray nodes, string name, string at)
    {
        string className = entry.String("class_name");
        bool isNamed = entry.Node("module") is JsonValue module && module.TryGetValue(out string? from)
            && from.StartsWith("keras.src.ops", StringComparison.Ordinal);

        // Legacy HDF5 files of Keras 3 have no module; only layers have a dtype there.
        bool isBare = !entry.HasKey("module") && nodes is [JsonObject, ..] && entry.Node("config") is JsonObject bare
            && !bare.ContainsKey("dtype") && !bare.ContainsKey("trainable")
            && OperationRegistry.Find(className) is not null
            && (!LayerRegistry.ClassNames.Contains(className) || (nodes[0] is JsonObject first && first["args"] is JsonArray { Count: 2 }));
        if (!isNamed && !isBare)
        {
            return null;
        }

        OperationDefinition definition = OperationRegistry.Find(className)
            ?? throw new ConfigException(at, $"the operation {className} of '{name}' is not "
            + $"supported. {NearestName.Hint(className, OperationRegistry.All.Select(d => d.ClassName))}");
        return new Operation(definition, (JsonObject?)(entry.Node("config") as JsonObject)?.DeepClone(), name);
    }

    private (List<KerasTensorNode> Tensors, TensorForm Form) ReadEnds(ConfigReader config, string key)
    {
        switch (config.Node(key))
        {
            case JsonArray list when KerasTensorNode.TryReadTriple(list) is { } single:
                return ([single], TensorForm.Single);
            case JsonArray list:
                return ([.. list.Select((n, i) => Triple(n, $"{config.Place}/{key}[{i}]"))], TensorForm.List);
            case JsonObject map:
                string[] keys = [.. map.Select(p => p.Key).Order(StringComparer.Ordinal)];
                return ([.. keys.Select(k => Triple(map[k], $"{config.Place}/{key}/{k}"))], new TensorForm(IsList: true, keys));
            default:
                throw config.Error(key, "expected tensors as [layer, call, output]");
        }

        static KerasTensorNode Triple(JsonNode? node, string place) =>
            KerasTensorNode.TryReadTriple(node) ?? throw new ConfigException(place, "expected a tensor as [layer, call, output]");
    }

    /// <summary>
    /// Renumbers the calls of nested models from 0, like those of all layers. Keras 2 counts them from 1, since creating the model makes
    /// the first call; Keras 3 does so only for functional models that produce an output of the model.
    /// </summary>
    private void CountFromZero(List<KerasTensorNode> inputs, List<KerasTensorNode> outputs)
    {
        HashSet<string> fromZero = [.. entries.SelectMany(e => e.Calls).SelectMany(c => c.Tensors).Concat(inputs).Concat(outputs)
            .Where(t => t.Call == 0).Select(t => t.Layer)];
        KerasTensorNode Counted(KerasTensorNode tensor) =>
            ofKeras2 && LayerOf(tensor) is Model && !fromZero.Contains(tensor.Layer) ? tensor with { Call = tensor.Call - 1 } : tensor;
        foreach (GraphCall call in entries.SelectMany(e => e.Calls))
        {
            call.Renumber(Counted);
        }

        foreach (List<KerasTensorNode> ends in new[] { inputs, outputs })
        {
            for (int i = 0; i < ends.Count; i++)
            {
                ends[i] = ofKeras2 ? Counted(ends[i]) : LayerOf(ends[i]) is Functional
                    && ends[i].Call > 0 ? ends[i] with { Call = ends[i].Call - 1 } : ends[i];
            }
        }
    }

    /// <summary>Marks everything that depends on something unknown as unknown, except masks, which are computed again here.</summary>
    private void SpreadUnknown()
    {
        ILookup<string, Entry> users = entries.SelectMany(e => e.Calls.SelectMany(c => c.NeededTensors).Select(t => (t.Layer, User: e)))
            .ToLookup(p => p.Layer, p => p.User);
        var unknown = new Queue<Entry>(entries.Where(e => e.Unknown is not null));
        while (unknown.TryDequeue(out Entry? entry))
        {
            foreach (Entry user in users[entry.Name].Where(u => u.Unknown is null))
            {
                user.Unknown = entry.Unknown;
                unknown.Enqueue(user);
            }
        }

        // Keras also saves the computation of propagated masks as operations.
        bool masksTravel = entries.Exists(e => e.Layer?.GivesMasks == true);
        foreach (GraphCall call in entries.SelectMany(e => e.Calls))
        {
            call.DropMasks(t => byName.GetValueOrDefault(t.Layer) is { } maker
                && (maker.Unknown is not null || (masksTravel && maker.IsOperation)));
        }
    }

    private Layer? LayerOf(KerasTensorNode tensor) => byName.GetValueOrDefault(tensor.Layer)?.Layer;

    private void MakeCalls()
    {
        var pending = new List<Pending>();
        var waiting = new Dictionary<(Entry, int), List<Pending>>();
        foreach (Entry entry in entries.Where(e => e.Unknown is null && e.Layer is not Input))
        {
            for (int number = 0; number < entry.Calls.Count; number++)
            {
                var one = new Pending(entry, number);
                pending.Add(one);
                if (number > 0)
                {
                    Wait(one, (entry, number - 1));
                }

                foreach (KerasTensorNode tensor in entry.Calls[number].Tensors)
                {
                    Entry needed = Known(tensor, entry.Calls[number].Place);
                    if (needed.Layer is not Input)
                    {
                        Wait(one, (needed, tensor.Call));
                    }
                }
            }
        }

        var ready = new Queue<Pending>(pending.Where(p => p.Missing == 0));
        int made = 0;
        for (; ready.TryDequeue(out Pending? next); made++)
        {
            Make(next);
            foreach (Pending waiter in waiting.GetValueOrDefault((next.Entry, next.Number)) ?? [])
            {
                if (--waiter.Missing == 0)
                {
                    ready.Enqueue(waiter);
                }
            }
        }

        if (made == pending.Count)
        {
            return;
        }

        string[] stuck = [.. pending.Where(p => p.Missing > 0).Select(p => p.Entry.Name).Distinct()];
        throw new ConfigException(
            $"{place}/layers",
            $"the graph has a cycle: the calls "
                + $"of {string.Join(", ", stuck.Take(MostNamed).Select(n => $"'{n}'"))}{(stuck.Length > MostNamed ? ", …" : "")} depend "
                + "on each other");

        void Wait(Pending one, (Entry, int) needed)
        {
            one.Missing++;
            if (!waiting.TryGetValue(needed, out List<Pending>? list))
            {
                waiting[needed] = list = [];
            }

            list.Add(one);
        }
    }

    private void Make(Pending next)
    {
        GraphCall call = next.Entry.Calls[next.Number];
        KerasTensor[] inputs = [.. call.Tensors.Select(t => Find(t, call.Place))];

        // Nested models that each call the next one twice double the work with each line of the file.
        layersRun += next.Entry.Layer?.CallCount ?? 1;
        if (layersRun > MostLayers)
        {
            throw new ConfigException(
                call.Place,
                $"with this call of '{next.Entry.Name}' the model runs {layersRun} layers, counting those of nested models at each call; "
                    + $"at most {MostLayers} are allowed");
        }

        try
        {
            next.Entry.Outputs.Add((next.Entry.Layer, next.Entry.Translation) switch
            {
                (Operation operation, _) => operation.Record(inputs, call.Positions, call.Keywords),
                ({ } layer, _) => layer.Record(inputs, call.ArgumentsFor(layer)),
                (_, { } translation) =>
                    translation.Record(inputs, call.Positions, call.Keywords, next.Entry.Calls.Count == 1 ? next.Entry.Name : null),
                _ => throw next.Entry.Unknown!,
            });
        }
        catch (Exception exception)
            when (exception is ArgumentException and not ConfigException or InvalidOperationException or ArithmeticException
            or IndexOutOfRangeException)
        {
            throw new ConfigException(call.Place, exception.Message);
        }
    }

    /// <summary>The layer that produces a tensor, after checking that the call exists.</summary>
    private Entry Known(KerasTensorNode tensor, string at)
    {
        if (!byName.TryGetValue(tensor.Layer, out Entry? entry))
        {
            throw new ConfigException(at, $"there is no layer '{tensor.Layer}'. {NearestName.Hint(tensor.Layer, byName.Keys)}");
        }

        if (entry.Unknown is not null)
        {
            throw entry.Unknown;
        }

        int calls = entry.Layer is Input ? 1 : entry.Calls.Count;
        return tensor.Call < calls
            ? entry
            : throw new ConfigException(at, $"call {tensor.Call} of '{tensor.Layer}' does not exist; it is called {calls} times (calls "
            + "count from 0)");
    }

    private KerasTensor Find(KerasTensorNode tensor, string at)
    {
        IReadOnlyList<KerasTensor> outputs = Known(tensor, at).Outputs[tensor.Call];
        return tensor.Index < outputs.Count
            ? outputs[tensor.Index]
            : throw new ConfigException(at, $"output {tensor.Index} of '{tensor.Layer}' does not exist; it has {outputs.Count} (outputs "
            + "count from 0)");
    }

    private sealed class Entry(string name)
    {
        public string Name { get; } = name;

        public Layer? Layer { get; set; }

        /// <summary>The replacement of a TensorFlow operation, if it is one.</summary>
        public TensorFlowOperation? Translation { get; set; }

        /// <summary>Whether it is an operation of Keras or TensorFlow instead of a layer.</summary>
        public bool IsOperation => Translation is not null || Layer is Operation;

        /// <summary>Why the layer could not be created.</summary>
        public ConfigException? Unknown { get; set; }

        /// <summary>The calls as described in the file.</summary>
        public List<GraphCall> Calls { get; } = [];

        /// <summary>The outputs of the calls made so far.</summary>
        public List<IReadOnlyList<KerasTensor>> Outputs { get; } = [];
    }

    private sealed class Pending(Entry entry, int number)
    {
        public Entry Entry { get; } = entry;

        public int Number { get; } = number;

        /// <summary>The number of tensors that it still waits for.</summary>
        public int Missing { get; set; }
    }
}
