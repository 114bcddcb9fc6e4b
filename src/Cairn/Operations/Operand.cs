using System.Text.Json.Nodes;

namespace Cairn.Operations;

/// <summary>One argument of an operation: a tensor of the graph, a list in which such tensors stand, or a plain value.</summary>
internal abstract record Operand
{
    /// <summary>A tensor of the graph.</summary>
    /// <param name="Index">Its place among the tensors of the call.</param>
    internal sealed record Symbol(int Index) : Operand;

    /// <summary>A list with at least one tensor in it.</summary>
    /// <param name="Members">Its members.</param>
    internal sealed record Group(IReadOnlyList<Operand> Members) : Operand;

    /// <summary>A number, text, list, slice or array, as JSON in Keras' form.</summary>
    /// <param name="Value">The value; null for Python's <c>None</c>.</param>
    internal sealed record Plain(JsonNode? Value) : Operand;

    /// <summary>Python's <c>None</c>.</summary>
    public static Operand None { get; } = new Plain(null);

    /// <summary>Whether it says nothing.</summary>
    public bool IsNone => this is Plain { Value: null };

    /// <summary>The operand as JSON.</summary>
    /// <param name="tensor">Writes a tensor of the graph by its place.</param>
    public JsonNode? ToJson(Func<int, JsonNode> tensor) => this switch
    {
        Symbol symbol => tensor(symbol.Index),
        Group group => new JsonArray([.. group.Members.Select(member => member.ToJson(tensor))]),
        Plain plain => plain.Value?.DeepClone(),
        _ => null,
    };
}
