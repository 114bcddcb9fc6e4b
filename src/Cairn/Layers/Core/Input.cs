using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Declares the shape of a model's input, so that the weights can be created before data is seen. Keras: <c>Input</c>, <c>InputLayer</c>.
/// </summary>
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
        ["string"] = ScalarType.Int64, // string ids
    };

    /// <summary>Describes an input.</summary>
    /// <param name="shape">The shape of one sample, without the batch axis, for example <c>[28, 28, 1]</c>.</param>
    /// <param name="batchSize">A fixed batch size, or null (default) for any.</param>
    /// <param name="name">Unique name, or null for <c>input_layer</c>.</param>
    /// <param name="dtype">
    /// Keras' name of the data type, for example <c>int32</c> for the input of an <see cref="Embedding"/>; <c>float32</c> by default. It is
    /// kept for compatibility with Keras files, since layers accept any number type here. <c>string</c> declares strings, for layers such
    /// as <see cref="TextVectorization"/>.
    /// </param>
    /// <exception cref="ArgumentException">The type is unknown.</exception>
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

    /// <summary>The shape, batch axis included.</summary>
    public Shape BatchShape { get; }

    /// <summary>Keras' name of the data type.</summary>
    public string DType { get; }

    /// <inheritdoc/>
    public override string ClassName => "InputLayer";

    /// <summary>
    /// The type in which the input reaches the next layers: float32, or int64 for strings and integers that float32 can't represent.
    /// </summary>
    internal ScalarType TypeFor(IEnumerable<Layer> consumers)
    {
        bool isWhole = DType.StartsWith("int", StringComparison.Ordinal) || DType.StartsWith("uint", StringComparison.Ordinal);
        return DType == "string" || (isWhole && consumers.Any() && consumers.All(layer => layer.TakesIdentifiers)) ? ScalarType.Int64
            : ScalarType.Float32;
    }

    /// <summary>The symbolic tensor of this input in a functional model.</summary>
    public override IReadOnlyList<KerasTensor> Outputs =>
        field ??= new LayerCall(this, [], new CallArguments([], null), [BatchShape], Types[DType]).Outputs;

    /// <summary>Same as <see cref="Outputs"/>, as in Keras.</summary>
    public override IReadOnlyList<KerasTensor> Inputs => Outputs;

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

    /// <summary>Keras writes none: the configuration contains the shape.</summary>
    internal override JsonObject? BuildConfig() => null;

    /// <summary>The configuration of an <c>InputLayer</c>, which has none of the keys common to other layers.</summary>
    private protected override JsonObject ConfigFor(bool legacy) => new()
    {
        ["batch_shape"] = BatchShape.ToJson(),
        ["dtype"] = DType,
        ["sparse"] = false,
        ["ragged"] = false,
        ["name"] = Name,
    };

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => x;
}
