using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>The minimum and maximum value of a pixel, for example <c>(0, 255)</c>.</summary>
/// <param name="Least">The minimum, black.</param>
/// <param name="Greatest">The maximum, white.</param>
public readonly record struct ValueRange(double Least, double Greatest)
{
    /// <summary>The range 0 to 255.</summary>
    public static ValueRange Bytes => new(0, 255);

    /// <summary>Converts implicitly from a minimum and a maximum.</summary>
    public static implicit operator ValueRange((double Least, double Greatest) range) => new(range.Least, range.Greatest);

    internal ValueRange Sorted => Least <= Greatest ? this : new(Greatest, Least);

    internal double Width => Greatest - Least;

    internal static ValueRange Read(ConfigReader config) => config.OptionalDoubles("value_range") switch
    {
        null => Bytes,
        [double least, double greatest] => new(least, greatest),
        _ => throw config.Error("value_range", "expected two numbers, the minimum and the maximum"),
    };

    internal JsonArray ToJson() => [Number(Least), Number(Greatest)];

    // Usually integers, which Keras writes as such.
    private static JsonNode Number(double value) =>
        value == Math.Floor(value) && Math.Abs(value) < 1e15 ? JsonValue.Create((long)value) : JsonValue.Create(value);
}
