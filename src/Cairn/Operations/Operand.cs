using System.Text.Json.Nodes;

namespace Cairn.Operations;

/// <summary>An argument of an operation: a tensor of the graph, a list that contains such tensors, or a plain value.</summary>
internal abstract record Operand
{
    /// <summary>Converts a tensor of the graph.</summary>
    /// <param name="Index">The index among the tensors of the call.</param>
    internal sealed record Symbol(int Index) : Operand;

    /// <summary>A list with at least one tensor.</summary>
    /// <param name="Members">The elements.</param>
    internal sealed record Group(IReadOnlyList<Operand> Members) : Operand;

    /// <summary>A number, string, list, slice or array, as JSON in Keras' form.</summary>
    /// <param name="Value">The value; null for Python's <c>None</c>.</param>
    internal sealed record Plain(JsonNode? Value) : Operand;

    /// <summary>Python's <c>None</c>.</summary>
    public static Operand None { get; } = new Plain(null);

    /// <summary>Whether the operand is <c>None</c>.</summary>
    public bool IsNone => this is Plain { Value: null };

    /// <summary>The operand as JSON.</summary>
    /// <param name="tensor">Writes a tensor of the graph by its index.</param>
    public JsonNode? ToJson(Func<int, JsonNode> tensor) => this switch
    {
        Symbol symbol => tensor(symbol.Index),
        Group group => new JsonArray([.. group.Members.Select(member => member.ToJson(tensor))]),
        Plain plain => plain.Value?.DeepClone(),
        _ => null,
    };
}
