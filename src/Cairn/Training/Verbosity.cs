using System.Globalization;

namespace Cairn;

/// <summary>How much a run prints: 0, 1, 2 or <c>"auto"</c>. Converts implicitly from a number or a string.</summary>
public readonly record struct Verbosity
{
    private readonly int level;

    // Offset by one, so that the default value of the struct is "auto".
    private Verbosity(int level) => this.level = level + 1;

    /// <summary>A progress bar on a terminal, otherwise one line per epoch.</summary>
    public static Verbosity Auto => default;

    /// <summary>No output.</summary>
    public static Verbosity Silent => new(0);

    /// <summary>A progress bar.</summary>
    public static Verbosity ProgressBar => new(1);

    /// <summary>One line per epoch.</summary>
    public static Verbosity OneLinePerEpoch => new(2);

    /// <summary>Converts 0 (silent), 1 (progress bar) or 2 (one line per epoch).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Any other number.</exception>
    public static implicit operator Verbosity(int level) => level is >= 0 and <= 2
        ? new(level)
        : throw new ArgumentOutOfRangeException(nameof(level), level,
        "verbose must be 0 (silent), 1 (progress bar), 2 (one line per epoch) or \"auto\".");

    /// <summary>Converts <c>"auto"</c>.</summary>
    /// <exception cref="ArgumentException">Any other string.</exception>
    public static implicit operator Verbosity(string word) => word == "auto"
        ? Auto
        : throw new ArgumentException($"verbose must be 0, 1, 2 or \"auto\"; it is \"{word}\".", nameof(word));

    /// <summary>The number, or <c>"auto"</c>.</summary>
    public override string ToString() => level > 0 ? (level - 1).ToString(CultureInfo.InvariantCulture) : "auto";

    /// <summary>0, 1 or 2; <c>"auto"</c> is 1 on a terminal and 2 elsewhere.</summary>
    internal int LevelFor(TextWriter output) =>
        level > 0 ? level - 1 : ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected ? 1 : 2;
}
