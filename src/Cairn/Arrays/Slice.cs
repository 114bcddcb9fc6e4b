using System.Text.Json.Nodes;

namespace Cairn;

/// <summary>
/// One index of an indexing expression such as <c>x[.., 1..^1, 0]</c>: a number, a range, a range with a step, a new axis, or an ellipsis.
/// </summary>
/// <remarks>
/// <c>..</c> is Python's <c>:</c>, a whole axis; <see cref="Ellipsis"/> is its <c>...</c>. Negative numbers count from the end, as in
/// Python, and so do <c>^1</c>, <c>^2</c>, …
/// </remarks>
public readonly struct Slice
{
    private readonly JsonNode? json;

    private Slice(JsonNode? json) => this.json = json;

    /// <summary>A whole axis; Python's <c>:</c>.</summary>
    public static Slice All { get; } = Of();

    /// <summary>All remaining axes; Python's <c>...</c>.</summary>
    public static Slice Ellipsis { get; } = new(new JsonObject { ["class_name"] = "__ellipsis__", ["config"] = new JsonObject() });

    /// <summary>A new axis of size 1; Python's <c>None</c>.</summary>
    public static Slice NewAxis { get; } = new(null);

    /// <summary>Converts a single index, which removes the axis.</summary>
    public static implicit operator Slice(int place) => new(JsonValue.Create(place));

    /// <summary>Converts a single index, which removes the axis; <c>^1</c> is the last.</summary>
    public static implicit operator Slice(Index place) => new(JsonValue.Create(place.IsFromEnd ? -place.Value : place.Value));

    /// <summary>Converts a range.</summary>
    public static implicit operator Slice(Range places) => Of(
        places.Start.IsFromEnd ? -places.Start.Value : places.Start.Value == 0 ? null : places.Start.Value,
        places.End.IsFromEnd ? places.End.Value == 0 ? null : -places.End.Value : places.End.Value);

    /// <summary>A slice with a step; Python's <c>start:stop:step</c>.</summary>
    /// <param name="start">The start index, or null for the start of the axis (its end for a negative step).</param>
    /// <param name="stop">The exclusive stop index, or null for the end.</param>
    /// <param name="step">The step, not 0; 1 by default. A negative step goes backwards.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is 0.</exception>
    public static Slice Of(int? start = null, int? stop = null, int? step = null)
    {
        if (step == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, "The step of a slice must not be 0.");
        }

        return new Slice(KerasSlice.ToJson(start, stop, step));
    }

    /// <summary>Formats the slice in Python's syntax.</summary>
    public override string ToString() => json is JsonObject slice && slice["config"] is JsonObject { Count: 3 } bounds
        ? $"{bounds["start"]}:{bounds["stop"]}{(bounds["step"] is { } step ? $":{step}" : "")}"
        : json is JsonObject ? "..." : json?.ToString() ?? "None";

    internal JsonNode? ToJson() => json?.DeepClone();

    /// <summary>Whether this is <see cref="NewAxis"/>.</summary>
    internal bool IsNewAxis => json is null;

    /// <summary>Whether this is <see cref="Ellipsis"/>.</summary>
    internal bool IsEllipsis => json is JsonObject slice && slice["class_name"]!.GetValue<string>() == "__ellipsis__";

    /// <summary>The index, negative from the end; null for a range.</summary>
    internal long? Place => json is JsonValue place ? place.GetValue<int>() : null;

    /// <summary>The elements of an axis that a range takes, as Python's <c>slice.indices</c>.</summary>
    /// <param name="size">The size of the axis.</param>
    internal (long Start, long Step, long Count) Within(long size)
    {
        var bounds = (JsonObject)json!["config"]!;
        long step = Bound("step") ?? 1;
        (long least, long most) = step > 0 ? (0, size) : (-1, size - 1);
        long start = At(Bound("start"), step > 0 ? least : most);
        long stop = At(Bound("stop"), step > 0 ? most : least);
        long distance = step > 0 ? stop - start : start - stop;
        return (start, step, distance <= 0 ? 0 : ((distance - 1) / Math.Abs(step)) + 1);

        long? Bound(string key) => bounds[key]?.GetValue<long>();

        long At(long? bound, long otherwise) => bound is not { } at ? otherwise : Math.Clamp(at < 0 ? at + size : at, least, most);
    }
}
