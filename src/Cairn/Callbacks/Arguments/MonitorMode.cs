namespace Cairn.Callbacks;

/// <summary>Which way is better for a monitored value: <c>"auto"</c>, <c>"min"</c> or <c>"max"</c>, which convert implicitly.</summary>
public readonly record struct MonitorMode
{
    private static readonly string[] Allowed = ["auto", "min", "max"];
    private readonly string? name;

    private MonitorMode(string name) => this.name = name;

    /// <summary>Known from the monitored name: loss is better lower, a compiled metric says it itself. The default.</summary>
    public static MonitorMode Auto { get; } = default;

    /// <summary>Lower is better.</summary>
    public static MonitorMode Min { get; } = new("min");

    /// <summary>Higher is better.</summary>
    public static MonitorMode Max { get; } = new("max");

    /// <summary>Converts <c>"auto"</c>, <c>"min"</c> or <c>"max"</c>.</summary>
    /// <param name="mode">The word.</param>
    /// <exception cref="ArgumentException">It is another word.</exception>
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

    /// <summary>The word.</summary>
    public override string ToString() => name ?? "auto";
}
