using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cairn.Operations.TensorFlow;

/// <summary>A call of a TensorFlow function, which is replaced by recorded Keras operations.</summary>
internal sealed class TensorFlowCall
{
    private readonly string function;
    private readonly List<KerasTensor> tensors;
    private readonly IReadOnlyList<Operand> positions;
    private readonly IReadOnlyDictionary<string, Operand> keywords;

    public TensorFlowCall(string function, IReadOnlyList<KerasTensor> inputs, IReadOnlyList<Operand> positions,
        IReadOnlyDictionary<string, Operand> keywords)
    {
        this.function = function;
        tensors = [.. inputs];
        this.positions = positions;
        this.keywords = keywords;
    }

    /// <summary>The first argument, which is unnamed in files.</summary>
    public Operand First => positions.Count > 0 ? positions[0] : Operand.None;

    /// <summary>An argument by its TensorFlow name; <c>None</c> if omitted.</summary>
    public Operand this[string name] => keywords.GetValueOrDefault(name) ?? Operand.None;

    /// <summary>Whether an argument is omitted.</summary>
    public bool Lacks(string name) => this[name].IsNone;

    /// <summary>A plain value as JSON; null if omitted.</summary>
    /// <exception cref="ArgumentException">The argument is a tensor.</exception>
    public JsonNode? Plain(string name) => PlainOf(this[name], name);

    public JsonNode? PlainOf(Operand operand, string name) => operand switch
    {
        Operand.Plain plain => plain.Value?.DeepClone(),
        _ => throw new ArgumentException($"{function} needs a constant for {name}; got a tensor."),
    };

    public bool Flag(string name) => Plain(name) is JsonValue value
        && ((value.TryGetValue(out bool flag) && flag) || (value.TryGetValue(out int number) && number != 0));

    public double? Number(string name) => Plain(name) is JsonValue value && value.GetValueKind() == JsonValueKind.Number
        && value.TryGetValue(out double number) ? number : null;

    public string? Text(string name) => Plain(name) is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>The axes of a tensor.</summary>
    public int RankOf(Operand operand) => operand is Operand.Symbol symbol ? tensors[symbol.Index].Shape.Rank : 0;

    /// <summary>The Keras name of a type given as <c>float32</c> or TensorFlow's <c>DT_FLOAT</c>; null if omitted.</summary>
    public string? Type(string name)
    {
        JsonNode? node = Plain(name);
        string? text = node is JsonObject envelope ? (envelope["config"] as JsonObject)?["name"]?.ToString() ?? envelope["name"]?.ToString()
            : node is JsonValue value && value.TryGetValue(out string? given) ? given
            : null;
        return text switch
        {
            null => null,
            "DT_FLOAT" => "float32",
            "DT_DOUBLE" => "float64",
            "DT_HALF" => "float16",
            "DT_INT32" => "int32",
            "DT_INT64" => "int64",
            "DT_UINT8" => "uint8",
            "DT_BOOL" => "bool",
            _ => text.StartsWith("tf.", StringComparison.Ordinal) ? text[3..] : text,
        };
    }

    /// <summary>Records a Keras operation with one output.</summary>
    public Operand Apply(string className, JsonObject? settings, params Operand[] arguments) =>
        ApplyMany(className, settings, arguments)[0];

    /// <summary>Records a Keras operation.</summary>
    public Operand[] ApplyMany(string className, JsonObject? settings, params Operand[] arguments)
    {
        var used = new List<KerasTensor>();
        Operand[] renumbered = Array.ConvertAll(arguments, Renumbered);
        var operation = new Operation(OperationRegistry.Get(className), settings);
        if (used.Count == 0)
        {
            throw new ArgumentException($"{function} has no tensor arguments.");
        }

        IReadOnlyList<KerasTensor> outputs = operation.Record(used, renumbered, new Dictionary<string, Operand>());
        tensors.AddRange(outputs);
        return [.. outputs.Select((_, i) => new Operand.Symbol(tensors.Count - outputs.Count + i))];

        Operand Renumbered(Operand operand)
        {
            switch (operand)
            {
                case Operand.Symbol symbol:
                    used.Add(tensors[symbol.Index]);
                    return new Operand.Symbol(used.Count - 1);
                case Operand.Group group:
                    return new Operand.Group([.. group.Members.Select(Renumbered)]);
                default:
                    return operand;
            }
        }
    }

    /// <summary>The tensors of the operands.</summary>
    public IReadOnlyList<KerasTensor> TensorsOf(Operand[] operands) => [.. operands.Select(operand => operand is Operand.Symbol symbol
        ? tensors[symbol.Index]
        : throw new ArgumentException($"{function} has no tensor result."))];

    public ArgumentException Unsupported(string what) => new($"{function} is not supported with {what}.");
}
