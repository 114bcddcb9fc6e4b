using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Says what shape the model's input has, so that its weights exist before data arrives. Keras: <c>Input</c>, <c>InputLayer</c>.</summary>
public sealed partial class Input : Layer
{
    private static readonly Dictionary<string, ScalarType> Types = new(StringComparer.Ordinal)
    {
        ["float32"] = ScalarType.Float32,
        ["float64"] = ScalarType.Float64,
        ["float16"] = ScalarType.Float16,
        ["bfloat16"] = ScalarType.BFloat16,
        ["int8"] = ScalarType.Int8,
        ["int16"] = ScalarType.Int16,
        ["int32"] = ScalarType.Int32,
        ["int64"] = ScalarType.Int64,
        ["uint8"] = ScalarType.Byte,
        ["bool"] = ScalarType.Bool,
        ["string"] = ScalarType.Int64, // the numbers of strings
    };

    /// <summary>Describes an input.</summary>
    /// <param name="shape">The shape of one sample, without the batch axis: <c>[28, 28, 1]</c>.</param>
    /// <param name="batchSize">A fixed batch size, or null (default) for any.</param>
    /// <param name="name">Unique name, or null for <c>input_layer</c>.</param>
    /// <param name="dtype">
    /// Keras' name of the numbers' type, such as <c>int32</c> for the words of an <see cref="Embedding"/>; <c>float32</c> by default. It is
    /// kept for Keras' files, since layers take any numbers here; but <c>string</c> says that strings come in, for layers such as
    /// <see cref="TextVectorization"/>.
    /// </param>
    /// <exception cref="ArgumentException">There is no such type.</exception>
    public Input(Shape shape, long? batchSize = null, string? name = null, string dtype = "float32")
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(dtype);
        if (!Types.ContainsKey(dtype))
        {
            throw new ArgumentException($"Unknown dtype '{dtype}'. {NearestName.Hint(dtype, Types.Keys)}", nameof(dtype));
        }

        BatchShape = shape.WithBatch(batchSize ?? Shape.None);
        DType = dtype;
    }

    /// <summary>The shape with the batch axis in front.</summary>
    public Shape BatchShape { get; }

    /// <summary>Keras' name of the numbers' type.</summary>
    public string DType { get; }

    /// <inheritdoc/>
    public override string ClassName => "InputLayer";

    /// <summary>How its numbers reach the layers behind it: as float32, but strings and what float32 can't hold as whole numbers.</summary>
    internal ScalarType TypeFor(IEnumerable<Layer> consumers)
    {
        bool isWhole = DType.StartsWith("int", StringComparison.Ordinal) || DType.StartsWith("uint", StringComparison.Ordinal);
        return DType == "string" || (isWhole && consumers.Any() && consumers.All(layer => layer.TakesIdentifiers)) ? ScalarType.Int64
            : ScalarType.Float32;
    }

    /// <summary>What it stands for in a functional model.</summary>
    internal KerasTensor Output => field ??= new LayerCall(this, [], new CallArguments([], null), [BatchShape], Types[DType]).Outputs[0];

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal static Input FromConfig(ConfigReader config)
    {
        Shape batchShape = config.OptionalShape("batch_shape") ?? config.OptionalShape("batch_input_shape")
            ?? config.Shape("shape").WithBatch();
        if (batchShape.Rank == 0)
        {
            throw config.Error("batch_shape", "expected at least the batch axis, found no axis");
        }

        if (config.Bool("sparse", false) || config.Bool("ragged", false))
        {
            throw config.Error("sparse", "sparse and ragged inputs are not supported");
        }

        return new Input(batchShape[1..], batchShape[0] == Shape.None ? null : batchShape[0], config.OptionalString("name"),
            config.OptionalString("dtype") ?? "float32");
    }

    internal static JsonArray ToJson(Shape shape) => new([.. shape.Select(d => d == Shape.None ? null : (JsonNode?)JsonValue.Create(d))]);

    /// <summary>Keras writes none: the configuration holds the shape.</summary>
    internal override JsonObject? BuildConfig() => null;

    /// <summary>The configuration of an <c>InputLayer</c>, which has none of the keys other layers share.</summary>
    private protected override JsonObject ConfigFor(bool legacy) => new()
    {
        ["batch_shape"] = ToJson(BatchShape),
        ["dtype"] = DType,
        ["sparse"] = false,
        ["ragged"] = false,
        ["name"] = Name,
    };

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => x;
}
