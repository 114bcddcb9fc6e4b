namespace Cairn.Layers;

/// <summary>What happens at the border. A string, <c>"valid"</c>, <c>"same"</c> or (for <see cref="Conv1D"/>) <c>"causal"</c>, becomes one by itself.</summary>
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

    /// <summary>Padding, as even as can be with the extra element at the end, so that a stride of 1 keeps the size.</summary>
    public static Padding Same => new(Kind.Same);

    /// <summary>All padding before the first element, so that an output depends on no later input; for <see cref="Conv1D"/> only.</summary>
    public static Padding Causal => new(Kind.Causal);

    /// <summary>Reads <c>"valid"</c>, <c>"same"</c> or <c>"causal"</c>.</summary>
    /// <exception cref="ArgumentException">It is another word.</exception>
    public static implicit operator Padding(string name) => name switch
    {
        "valid" => Valid,
        "same" => Same,
        "causal" => Causal,
        _ => throw new ArgumentException($"padding must be 'valid' or 'same' (or 'causal' in Conv1D); it was '{name}'.", nameof(name)),
    };

    /// <summary>Keras' word for it.</summary>
    public override string ToString() => kind switch { Kind.Same => "same", Kind.Causal => "causal", _ => "valid" };
}
