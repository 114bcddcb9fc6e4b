using System.Globalization;
using Cairn.Callbacks;

namespace Cairn.Cli.Output;

/// <summary>Numbers as culture-invariant text.</summary>
internal static class Number
{
    /// <summary>The shortest text that reads back as the same number, as Python writes it.</summary>
    public static string Exact(double value) => PythonNumber.Repr(value);

    /// <summary>A few significant digits, for messages.</summary>
    public static string Short(double value) =>
        (double.IsNegative(value) ? "-" : "") + PythonNumber.Body(value, 'g', 5, alternate: false, dotZero: false);

    /// <summary>With thousands separators.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>The size of a file.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:F1} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):F1} MiB"),
    };
}
