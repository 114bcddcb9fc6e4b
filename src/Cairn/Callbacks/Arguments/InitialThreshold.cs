using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// The value that the first saved file has to improve on: a number, or <c>"auto"</c> for the best value that an existing file was saved
/// for. Both convert implicitly.
/// </summary>
public readonly record struct InitialThreshold
{
    private InitialThreshold(double value) => Value = value;

    /// <summary>The best value of the file that is there when training begins, if there is one.</summary>
    public static InitialThreshold Auto { get; } = default;

    /// <summary>The number, or null for <see cref="Auto"/>.</summary>
    public double? Value { get; }

    /// <summary>Whether the value is taken from an existing file.</summary>
    public bool IsAuto => Value is null;

    /// <summary>Converts a number.</summary>
    /// <param name="value">Any number; nothing improves on NaN.</param>
    public static implicit operator InitialThreshold(double value) => new(value);

    /// <summary>Converts <c>"auto"</c>.</summary>
    /// <param name="word">The word.</param>
    /// <exception cref="ArgumentException">It is another word.</exception>
    public static implicit operator InitialThreshold(string word) => word == "auto"
        ? Auto
        : throw new ArgumentException(
            $"initialValueThreshold is {(word is null ? "null" : $"'{word}'")}; a number, 'auto' or null is allowed.",
            "initialValueThreshold");

    internal static InitialThreshold? FromConfig(ConfigReader config, string key)
    {
        if (config.Node(key) is JsonValue value && value.TryGetValue(out string? word) && word == Auto.ToString())
        {
            return Auto;
        }

        return config.OptionalDouble(key) is { } number ? number : null;
    }

    internal JsonNode ToJson() => ConfigNumber.Of(Value) ?? "auto";

    /// <summary>The word or the number.</summary>
    public override string ToString() => Value is { } value ? PythonNumber.Repr(value) : "auto";
}
