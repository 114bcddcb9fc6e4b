using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Operations.TensorFlow;

/// <summary>A node of a TensorFlow graph, as saved by TensorFlow 2.0 to 2.3: an operator, its constants and its attributes.</summary>
internal sealed class TensorFlowNode
{
    // The operator, the equivalent function, and the names of the further inputs in that function.
    private static readonly Dictionary<string, (string Function, string[] Parameters)> Operators = new(StringComparer.Ordinal)
    {
        ["Add"] = ("math.add", ["y"]),
        ["AddV2"] = ("math.add", ["y"]),
        ["Sub"] = ("math.subtract", ["y"]),
        ["Mul"] = ("math.multiply", ["y"]),
        ["RealDiv"] = ("math.divide", ["y"]),
        ["FloorDiv"] = ("math.floordiv", ["y"]),
        ["FloorMod"] = ("math.floormod", ["y"]),
        ["Pow"] = ("math.pow", ["y"]),
        ["Maximum"] = ("math.maximum", ["y"]),
        ["Minimum"] = ("math.minimum", ["y"]),
        ["Greater"] = ("math.greater", ["y"]),
        ["GreaterEqual"] = ("math.greater_equal", ["y"]),
        ["Less"] = ("math.less", ["y"]),
        ["LessEqual"] = ("math.less_equal", ["y"]),
        ["Equal"] = ("math.equal", ["y"]),
        ["NotEqual"] = ("math.not_equal", ["y"]),
        ["SquaredDifference"] = ("math.squared_difference", ["y"]),
        ["BiasAdd"] = ("nn.bias_add", ["bias"]),
        ["Neg"] = ("math.negative", []),
        ["Abs"] = ("math.abs", []),
        ["Exp"] = ("math.exp", []),
        ["Log"] = ("math.log", []),
        ["Sqrt"] = ("math.sqrt", []),
        ["Rsqrt"] = ("math.rsqrt", []),
        ["Square"] = ("math.square", []),
        ["Sigmoid"] = ("math.sigmoid", []),
        ["Tanh"] = ("math.tanh", []),
        ["Relu"] = ("nn.relu", []),
        ["Relu6"] = ("nn.relu6", []),
        ["Softmax"] = ("nn.softmax", []),
        ["Softplus"] = ("nn.softplus", []),
        ["Sin"] = ("math.sin", []),
        ["Cos"] = ("math.cos", []),
        ["Round"] = ("math.round", []),
        ["Floor"] = ("math.floor", []),
        ["Identity"] = ("identity", []),
        ["StopGradient"] = ("stop_gradient", []),
        ["Mean"] = ("math.reduce_mean", ["axis"]),
        ["Sum"] = ("math.reduce_sum", ["axis"]),
        ["Max"] = ("math.reduce_max", ["axis"]),
        ["Min"] = ("math.reduce_min", ["axis"]),
        ["Prod"] = ("math.reduce_prod", ["axis"]),
        ["ArgMax"] = ("math.argmax", ["axis"]),
        ["Reshape"] = ("reshape", ["shape"]),
        ["ExpandDims"] = ("expand_dims", ["axis"]),
        ["Squeeze"] = ("squeeze", []),
        ["Transpose"] = ("transpose", ["perm"]),
        ["Tile"] = ("tile", ["multiples"]),
        ["Pad"] = ("pad", ["paddings"]),
        ["Cast"] = ("cast", []),
        ["MatMul"] = ("linalg.matmul", ["b"]),
        ["BatchMatMul"] = ("linalg.matmul", ["b"]),
        ["BatchMatMulV2"] = ("linalg.matmul", ["b"]),
        ["GatherV2"] = ("gather", ["indices", "axis"]),
        ["ConcatV2"] = ("concat", []),
        ["Pack"] = ("stack", []),
        ["StridedSlice"] = ("__operators__.getitem", []),
    };

    private readonly string op;
    private readonly string[] parameters;
    private readonly JsonObject attributes;
    private readonly SortedDictionary<int, JsonNode?> constants = [];

    private TensorFlowNode(string op, JsonObject attributes)
    {
        this.op = op;
        this.attributes = attributes;
        (Function, parameters) = Operators[op];
    }

    /// <summary>The equivalent public function.</summary>
    public string Function { get; }

    /// <summary>Reads the configuration of a <c>TensorFlowOpLayer</c>.</summary>
    /// <exception cref="ConfigException">The configuration is malformed, or the operator is not supported.</exception>
    public static TensorFlowNode Read(ConfigReader config, string place)
    {
        JsonObject definition = config.Node("node_def") switch
        {
            JsonObject map => map,
            JsonValue value when value.TryGetValue(out string? text) && text.TrimStart().StartsWith('{') =>
                ModelJson.ParseObject(text, null, $"{place}/node_def"),
            _ => throw config.Error("node_def", "expected a node of a TensorFlow graph as JSON"),
        };
        string op = definition["op"] is JsonValue name && name.TryGetValue(out string? given) ? given
            : throw config.Error("node_def/op", "expected the name of an operator");
        if (!Operators.ContainsKey(op))
        {
            throw new ConfigException(place, $"the TensorFlow operator '{op}' is not supported. {NearestName.Hint(op, Operators.Keys)}");
        }

        var node = new TensorFlowNode(op, definition["attr"] as JsonObject ?? []);
        foreach ((string index, JsonNode? constant) in config.Node("constants") as JsonObject ?? [])
        {
            node.constants[int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int at) && at < 1000 ? at
                : throw config.Error("constants", "expected input indices")] = constant?.DeepClone();
        }

        return node;
    }

    /// <summary>The arguments in the form of the public function.</summary>
    public (IReadOnlyList<Operand> Positions, IReadOnlyDictionary<string, Operand> Keywords) Prepare(
        IReadOnlyList<Operand> positions, IReadOnlyDictionary<string, Operand> keywords)
    {
        List<Operand> inputs = positions is [Operand.Group group] ? [.. group.Members] : [.. positions];
        foreach ((int index, JsonNode? constant) in constants)
        {
            inputs.Insert(Math.Min(index, inputs.Count), new Operand.Plain(constant?.DeepClone()));
        }

        var named = new Dictionary<string, Operand>(StringComparer.Ordinal);
        foreach ((string attribute, string name, string kind) in (ReadOnlySpan<(string, string, string)>)
            [("keep_dims", "keepdims", "b"), ("transpose_a", "transpose_a", "b"), ("transpose_b", "transpose_b", "b"),
            ("adj_x", "transpose_a", "b"), ("adj_y", "transpose_b", "b"), ("DstT", "dtype", "type")])
        {
            if (attributes[attribute] is JsonObject map && map[kind] is { } value)
            {
                named[name] = new Operand.Plain(value.DeepClone());
            }
        }

        switch (op)
        {
            case "StridedSlice" when inputs.Count == 4:
                named["slice_spec"] = new Operand.Plain(Slices(inputs));
                return ([inputs[0]], named);
            case "ConcatV2":
                named["axis"] = inputs[^1];
                return ([new Operand.Group(inputs[..^1])], named);
            case "Pack":
                named["axis"] = new Operand.Plain(Whole("axis"));
                return ([new Operand.Group(inputs)], named);
            case "Squeeze" when attributes["squeeze_dims"] is JsonObject squeezed && squeezed["list"] is JsonObject list
                && list["i"] is JsonArray axes:
                named["axis"] = new Operand.Plain(new JsonArray([.. axes.Select(axis => (JsonNode?)JsonValue.Create(Parse(axis)))]));
                break;
        }

        for (int i = 0; i < parameters.Length && i + 1 < inputs.Count; i++)
        {
            named[parameters[i]] = inputs[i + 1];
        }

        return (inputs.Count == 0 ? [] : [inputs[0]], named);
    }

    /// <summary>Begin, end and stride values, with bit masks that select how to use them.</summary>
    private JsonArray Slices(List<Operand> inputs)
    {
        long[][] numbers = [.. inputs.Skip(1).Select(input => (input as Operand.Plain)?.Value is JsonArray list
            ? list.Select(item => Parse(item)).ToArray()
            : throw new ArgumentException("A slice with tensors as bounds is not supported."))];
        (long begin, long end, long ellipsis, long added, long single) =
            (Whole("begin_mask"), Whole("end_mask"), Whole("ellipsis_mask"), Whole("new_axis_mask"), Whole("shrink_axis_mask"));
        var key = new JsonArray();
        for (int i = 0; i < numbers[0].Length; i++)
        {
            long bit = 1L << i;
            if ((ellipsis & bit) != 0)
            {
                key.Add((JsonNode)new JsonObject { ["class_name"] = "__ellipsis__", ["config"] = new JsonObject() });
            }
            else if ((added & bit) != 0)
            {
                key.Add(null);
            }
            else if ((single & bit) != 0)
            {
                key.Add((JsonNode)numbers[0][i]);
            }
            else
            {
                key.Add((JsonNode)KerasSlice.ToJson((begin & bit) != 0 ? null : numbers[0][i], (end & bit) != 0 ? null : numbers[1][i],
                    numbers[2][i] == 1 ? null : numbers[2][i]));
            }
        }

        return key;
    }

    private long Whole(string attribute) => attributes[attribute] is JsonObject map && map["i"] is { } value ? Parse(value) : 0;

    // Protocol buffers write 64-bit integers as strings.
    private static long Parse(JsonNode? node) => node switch
    {
        JsonValue value when value.TryGetValue(out long number) => number,
        JsonValue value when value.TryGetValue(out string? text)
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => number,
        _ => throw new ArgumentException("Expected an integer in a node of a TensorFlow graph."),
    };
}
