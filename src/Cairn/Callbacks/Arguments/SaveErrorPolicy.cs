namespace Cairn.Callbacks;

/// <summary>
/// What happens when a file can't be written, since the disk is full or a folder is gone: <c>"stop"</c>, <c>"warn"</c> or <c>"retry"</c>, which
/// convert implicitly.
/// </summary>
public readonly record struct SaveErrorPolicy
{
    private static readonly string[] Allowed = ["stop", "warn", "retry"];
    private readonly string? name;

    private SaveErrorPolicy(string name) => this.name = name;

    /// <summary>The training ends with the exception. The default.</summary>
    public static SaveErrorPolicy Stop { get; } = default;

    /// <summary>The training goes on with a warning; the next file is tried again.</summary>
    public static SaveErrorPolicy Warn { get; } = new("warn");

    /// <summary>The file is tried three times more, after a tenth of a second, one second and five; then the training ends with the exception.</summary>
    public static SaveErrorPolicy Retry { get; } = new("retry");

    /// <summary>Converts <c>"stop"</c>, <c>"warn"</c> or <c>"retry"</c>.</summary>
    /// <param name="policy">The word.</param>
    /// <exception cref="ArgumentException">It is another word.</exception>
    public static implicit operator SaveErrorPolicy(string policy) => policy switch
    {
        "stop" => Stop,
        "warn" => Warn,
        "retry" => Retry,
        _ => throw new ArgumentException(
            $"Unknown onError {(policy is null ? "null" : $"'{policy}'")}. {NearestName.Hint(policy ?? "", Allowed)}", nameof(policy)),
    };

    /// <summary>The word.</summary>
    public override string ToString() => name ?? "stop";
}
