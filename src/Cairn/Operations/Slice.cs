using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

/// <summary>
/// What stands between the brackets of <c>x[.., 1..^1, 0]</c> for one axis: a number, a range, a range with a step, a new axis or all axes that are
/// not named.
/// </summary>
/// <remarks>
/// <c>..</c> is Python's <c>:</c>, all of one axis; <see cref="Ellipsis"/> is its <c>...</c>. Negative numbers count from the end, as in Python,
/// and so do <c>^1</c>, <c>^2</c>, …
/// </remarks>
public readonly struct Slice
{
    private readonly JsonNode? json;

    private Slice(JsonNode? json) => this.json = json;

    /// <summary>All of one axis; Python's <c>:</c>.</summary>
    public static Slice All { get; } = Of();

    /// <summary>All axes that are not named; Python's <c>...</c>.</summary>
    public static Slice Ellipsis { get; } = new(new JsonObject { ["class_name"] = "__ellipsis__", ["config"] = new JsonObject() });

    /// <summary>A new axis of size 1; Python's <c>None</c>.</summary>
    public static Slice NewAxis { get; } = new(null);

    /// <summary>One place, which takes the axis away.</summary>
    public static implicit operator Slice(int place) => new(JsonValue.Create(place));

    /// <summary>One place, which takes the axis away; <c>^1</c> is the last.</summary>
    public static implicit operator Slice(Index place) => new(JsonValue.Create(place.IsFromEnd ? -place.Value : place.Value));

    /// <summary>Some places after one another.</summary>
    public static implicit operator Slice(Range places) => Of(
        places.Start.IsFromEnd ? -places.Start.Value : places.Start.Value == 0 ? null : places.Start.Value,
        places.End.IsFromEnd ? places.End.Value == 0 ? null : -places.End.Value : places.End.Value);

    /// <summary>Places a step apart; Python's <c>start:stop:step</c>.</summary>
    /// <param name="start">The first place, or null for the first of all (the last one for a negative step).</param>
    /// <param name="stop">The place before which it ends, or null for the end.</param>
    /// <param name="step">How far the places are apart; 1 by default, not 0. A negative step goes backwards.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is 0.</exception>
    public static Slice Of(int? start = null, int? stop = null, int? step = null)
    {
        if (step == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, "A slice's step is not 0.");
        }

        return new Slice(KerasSlice.ToJson(start, stop, step));
    }

    /// <summary>Python's way to write it.</summary>
    public override string ToString() => json is JsonObject slice && slice["config"] is JsonObject { Count: 3 } bounds
        ? $"{bounds["start"]}:{bounds["stop"]}{(bounds["step"] is { } step ? $":{step}" : "")}"
        : json is JsonObject ? "..." : json?.ToString() ?? "None";

    internal JsonNode? ToJson() => json?.DeepClone();
}
