namespace Cairn.Layers;

/// <summary>
/// The padding mode. Converts implicitly from a string: <c>"valid"</c>, <c>"same"</c> or (for <see cref="Conv1D"/>) <c>"causal"</c>.
/// </summary>
public readonly record struct Padding
{
    private readonly Kind kind;

    private Padding(Kind kind) => this.kind = kind;

    private enum Kind : byte
    {
        Valid,
        Same,
        Causal,
    }

    /// <summary>No padding: the window stays inside the image.</summary>
    public static Padding Valid => new(Kind.Valid);

    /// <summary>Even padding, with an odd element at the end, so that a stride of 1 keeps the size.</summary>
    public static Padding Same => new(Kind.Same);

    /// <summary>
    /// All padding before the first element, so that outputs do not depend on later inputs; for <see cref="Conv1D"/> only.
    /// </summary>
    public static Padding Causal => new(Kind.Causal);

    /// <summary>Parses <c>"valid"</c>, <c>"same"</c> or <c>"causal"</c>.</summary>
    /// <exception cref="ArgumentException">The string is unknown.</exception>
    public static implicit operator Padding(string name) => name switch
    {
        "valid" => Valid,
        "same" => Same,
        "causal" => Causal,
        _ => throw new ArgumentException($"padding must be 'valid' or 'same' (or 'causal' in Conv1D); got '{name}'.", nameof(name)),
    };

    /// <summary>Keras' name of the mode.</summary>
    public override string ToString() => kind switch { Kind.Same => "same", Kind.Causal => "causal", _ => "valid" };
}
