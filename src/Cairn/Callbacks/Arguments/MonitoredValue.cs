namespace Cairn.Callbacks;

/// <summary>
/// One of several values that a callback watches: its name in the logs and, where they differ from the callback's, which way is better
/// and what counts as better. A name becomes one by itself.
/// </summary>
/// <example>
/// <code>
/// new EarlyStopping(monitors: ["val_loss", new("val_f1_score", mode: "max", minDelta: 0.01)], patience: 3)
/// </code>
/// </example>
public readonly record struct MonitoredValue
{
    /// <summary>Names a value to watch.</summary>
    /// <param name="name">Its name in the logs, such as <c>val_loss</c>.</param>
    /// <param name="mode">Which way is better; <c>"auto"</c> (default) leaves it to the callback.</param>
    /// <param name="minDelta">How much better counts as better, its sign ignored; null (default) leaves it to the callback.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public MonitoredValue(string name, MonitorMode mode = default, double? minDelta = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Mode = mode;
        MinDelta = minDelta is { } delta ? Math.Abs(delta) : null;
    }

    /// <summary>Its name in the logs.</summary>
    public string Name { get; }

    /// <summary>Which way is better; <see cref="MonitorMode.Auto"/> leaves it to the callback.</summary>
    public MonitorMode Mode { get; }

    /// <summary>How much better counts as better, 0 or more; null leaves it to the callback.</summary>
    public double? MinDelta { get; }

    /// <summary>Converts a name.</summary>
    /// <param name="name">The name in the logs.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public static implicit operator MonitoredValue(string name) => new(name);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
