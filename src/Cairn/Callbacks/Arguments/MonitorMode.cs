namespace Cairn.Callbacks;

/// <summary>
/// Whether a monitored value is to be minimized or maximized: <c>"auto"</c>, <c>"min"</c> or <c>"max"</c>, which convert implicitly.
/// </summary>
public readonly record struct MonitorMode
{
    private static readonly string[] Allowed = ["auto", "min", "max"];
    private readonly string? name;

    private MonitorMode(string name) => this.name = name;

    /// <summary>
    /// Inferred from the monitored name: loss is minimized, and a compiled metric states its own direction. The default.
    /// </summary>
    public static MonitorMode Auto { get; } = default;

    /// <summary>Lower is better.</summary>
    public static MonitorMode Min { get; } = new("min");

    /// <summary>Higher is better.</summary>
    public static MonitorMode Max { get; } = new("max");

    /// <summary>Converts <c>"auto"</c>, <c>"min"</c> or <c>"max"</c>.</summary>
    /// <param name="mode">One of these strings.</param>
    /// <exception cref="ArgumentException">Any other string.</exception>
    public static implicit operator MonitorMode(string mode)
    {
        return mode switch
        {
            "auto" => Auto,
            "min" => Min,
            "max" => Max,
            _ => throw new ArgumentException(
                $"Unknown mode {(mode is null ? "null" : $"'{mode}'")}. {NearestName.Hint(mode ?? "", Allowed)}", nameof(mode)),
        };
    }

    /// <summary>The mode as a string.</summary>
    public override string ToString() => name ?? "auto";
}
