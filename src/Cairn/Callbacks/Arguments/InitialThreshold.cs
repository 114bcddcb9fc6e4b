using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// The value that the first checkpoint must improve on: a number, or <c>"auto"</c> for the best value stored in an existing file.
/// Both convert implicitly.
/// </summary>
public readonly record struct InitialThreshold
{
    private InitialThreshold(double value) => Value = value;

    /// <summary>The best value stored in the file that exists when training begins, if any.</summary>
    public static InitialThreshold Auto { get; } = default;

    /// <summary>The number, or null for <see cref="Auto"/>.</summary>
    public double? Value { get; }

    /// <summary>Whether the value is read from an existing file.</summary>
    public bool IsAuto => Value is null;

    /// <summary>Converts a number.</summary>
    /// <param name="value">Any number. No value improves on NaN.</param>
    public static implicit operator InitialThreshold(double value) => new(value);

    /// <summary>Converts <c>"auto"</c>.</summary>
    /// <param name="word">The string <c>"auto"</c>.</param>
    /// <exception cref="ArgumentException">Any other string.</exception>
    public static implicit operator InitialThreshold(string word) => word == "auto"
        ? Auto
        : throw new ArgumentException(
            $"initialValueThreshold is {(word is null ? "null" : $"'{word}'")}; "
            + "allowed are a number, 'auto' and null.",
            "initialValueThreshold");

    internal static InitialThreshold? FromConfig(ConfigReader config, string key)
    {
        if (config.Node(key) is JsonValue value && value.TryGetValue(out string? word) && word == Auto.ToString())
        {
            return Auto;
        }

        return config.OptionalDouble(key) is { } number ? number : null;
    }

    internal JsonNode ToJson() => JsonNumber.Of(Value) ?? "auto";

    /// <summary>The string <c>"auto"</c>, or the number.</summary>
    public override string ToString() => Value is { } value ? PythonNumber.Repr(value) : "auto";
}
