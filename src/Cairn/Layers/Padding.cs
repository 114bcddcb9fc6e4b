namespace Cairn.Layers;

/// <summary>What happens at the border of an image. A string, <c>"valid"</c> or <c>"same"</c>, becomes one by itself.</summary>
public readonly struct Padding : IEquatable<Padding>
{
    private readonly bool isSame;

    private Padding(bool isSame) => this.isSame = isSame;

    /// <summary>No padding: the window stays inside the image.</summary>
    public static Padding Valid => new(false);

    /// <summary>Padding, as even as can be with the extra element at the end, so that a stride of 1 keeps the size.</summary>
    public static Padding Same => new(true);

    /// <summary>Reads <c>"valid"</c> or <c>"same"</c>.</summary>
    /// <exception cref="ArgumentException">It is another word.</exception>
    public static implicit operator Padding(string name) => name switch
    {
        "valid" => Valid,
        "same" => Same,
        _ => throw new ArgumentException($"padding must be 'valid' or 'same'; it was '{name}'.", nameof(name)),
    };

    /// <summary>Whether two paddings are the same.</summary>
    public static bool operator ==(Padding left, Padding right) => left.Equals(right);

    /// <summary>Whether two paddings differ.</summary>
    public static bool operator !=(Padding left, Padding right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Padding other) => isSame == other.isSame;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Padding other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => isSame.GetHashCode();

    /// <summary>Keras' word for it.</summary>
    public override string ToString() => isSame ? "same" : "valid";
}
