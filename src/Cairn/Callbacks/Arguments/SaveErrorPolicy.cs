namespace Cairn.Callbacks;

/// <summary>
/// What to do when a file can't be written, for example because the disk is full or a directory is missing: <c>"stop"</c>, <c>"warn"</c>
/// or <c>"retry"</c>, which convert implicitly.
/// </summary>
public readonly record struct SaveErrorPolicy
{
    private static readonly string[] Allowed = ["stop", "warn", "retry"];
    private readonly string? name;

    private SaveErrorPolicy(string name) => this.name = name;

    /// <summary>Training stops with the exception. The default.</summary>
    public static SaveErrorPolicy Stop { get; } = default;

    /// <summary>Training continues with a warning; the next save is attempted as usual.</summary>
    public static SaveErrorPolicy Warn { get; } = new("warn");

    /// <summary>
    /// The write is retried three times, after 0.1 s, 1 s and 5 s; if all attempts fail, training stops with the exception.
    /// </summary>
    public static SaveErrorPolicy Retry { get; } = new("retry");

    /// <summary>Converts <c>"stop"</c>, <c>"warn"</c> or <c>"retry"</c>.</summary>
    /// <param name="policy">One of these strings.</param>
    /// <exception cref="ArgumentException">Any other string.</exception>
    public static implicit operator SaveErrorPolicy(string policy) => policy switch
    {
        "stop" => Stop,
        "warn" => Warn,
        "retry" => Retry,
        _ => throw new ArgumentException(
            $"Unknown onError {(policy is null ? "null" : $"'{policy}'")}. {NearestName.Hint(policy ?? "", Allowed)}", nameof(policy)),
    };

    /// <summary>The policy as a string.</summary>
    public override string ToString() => name ?? "stop";
}
