using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

/// <summary>Operations on the tensors of a functional model. Keras: <c>keras.ops</c>, with the same names.</summary>
/// <remarks>
/// Each call adds a node to the graph, which is computed with the model and saved in its <c>.keras</c> file in Keras' format. Operations do
/// not propagate masks, as in Keras. Shapes include the batch axis.
/// <code>
/// var x = new Input([8]);
/// KerasTensor centered = x - Ops.Mean(x, axis: -1, keepdims: true);
/// KerasTensor y = new Dense(1).Apply(Ops.Concatenate([centered, Ops.Square(centered)], axis: -1));
/// </code>
/// </remarks>
public static partial class Ops
{
    private static readonly Dictionary<string, Operand> NoKeywords = [];

    internal static KerasTensor GetItem(KerasTensor x, ReadOnlySpan<Slice> slices)
    {
        var key = new JsonArray();
        foreach (Slice slice in slices)
        {
            key.Add(slice.ToJson());
        }

        return Apply("GetItem", null, tensors => [((TensorLike)x).ToOperand(tensors), new Operand.Plain(key)]);
    }

    private static KerasTensor Apply(string className, JsonObject? settings, Func<List<KerasTensor>, Operand[]> arguments) =>
        ApplyMany(className, settings, arguments)[0];

    private static IReadOnlyList<KerasTensor> ApplyMany(string className, JsonObject? settings,
        Func<List<KerasTensor>, Operand[]> arguments)
    {
        var tensors = new List<KerasTensor>();
        Operand[] operands = arguments(tensors);
        if (tensors.Count == 0)
        {
            throw new ArgumentException($"{className} needs at least one tensor of a graph; got only constants.");
        }

        return new Operation(OperationRegistry.Get(className), settings).Record(tensors, operands, NoKeywords);
    }

    private static Operand Group(IReadOnlyList<TensorLike> members, List<KerasTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(members);
        return new Operand.Group([.. members.Select(member => member.ToOperand(tensors))]);
    }

    private static Operand Optional(TensorLike? tensor, List<KerasTensor> tensors) =>
        tensor is { } given ? given.ToOperand(tensors) : Operand.None;

    private static Operand.Plain Numbers(IReadOnlyList<int> numbers) => new(List(numbers));

    private static JsonArray List(IReadOnlyList<int> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        return new JsonArray([.. numbers.Select(number => (JsonNode?)JsonValue.Create(number))]);
    }
}
