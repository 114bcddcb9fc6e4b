using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Operations;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>
/// A tensor argument of <see cref="Ops"/>: a tensor of the graph, a number, or an array that becomes a constant of the model.
/// </summary>
/// <remarks>
/// Integers keep their type: an <c>int32</c> tensor plus <c>2</c> is <c>int32</c>, plus <c>2.0</c> it is <c>float32</c>, as in Keras.
/// </remarks>
public readonly struct TensorLike
{
    private readonly KerasTensor? symbol;
    private readonly JsonNode? value;

    private TensorLike(KerasTensor? symbol, JsonNode? value)
    {
        this.symbol = symbol;
        this.value = value;
    }

    /// <summary>Converts a tensor of the graph.</summary>
    public static implicit operator TensorLike(KerasTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return new TensorLike(tensor, null);
    }

    /// <summary>Converts the tensor of an input.</summary>
    public static implicit operator TensorLike(Input input) => (KerasTensor)input;

    /// <summary>Converts an integer.</summary>
    public static implicit operator TensorLike(int number) => new(null, JsonValue.Create(number));

    /// <summary>Converts a floating-point number.</summary>
    public static implicit operator TensorLike(double number) => new(null, JsonValue.Create(number));

    /// <summary>Converts a constant array.</summary>
    public static implicit operator TensorLike(NDArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        using var tensor = array.ToTensor();
        using Tensor numbers = tensor.to_type(ScalarType.Float64).contiguous();
        double[] flat = numbers.data<double>().ToArray();
        bool isFloat = ElementTypes.IsFloating(array.DType);
        int at = 0;
        return new TensorLike(null, new JsonObject
        {
            ["class_name"] = "__numpy__",
            ["config"] = new JsonObject { ["value"] = Nested(0), ["dtype"] = ElementTypes.NameOf(array.DType) },
        });

        JsonNode Nested(int axis) => axis < array.Shape.Rank
            ? new JsonArray([.. Enumerable.Range(0, (int)array.Shape[axis]).Select(_ => Nested(axis + 1))])
            : isFloat ? JsonValue.Create(flat[at++]) : JsonValue.Create((long)flat[at++]);
    }

    /// <summary>Converts a constant array.</summary>
    public static implicit operator TensorLike(float[] array) => NDArray.From(array);

    /// <summary>Converts a constant array.</summary>
    public static implicit operator TensorLike(int[] array) => NDArray.From(array);

    /// <summary>Converts to an operand; a tensor of the graph is added to those of the call.</summary>
    internal Operand ToOperand(List<KerasTensor> tensors)
    {
        if (symbol is null)
        {
            return new Operand.Plain(value?.DeepClone());
        }

        tensors.Add(symbol);
        return new Operand.Symbol(tensors.Count - 1);
    }
}
