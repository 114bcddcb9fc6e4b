using System.Globalization;
using System.Text.RegularExpressions;

namespace Cairn.Callbacks;

/// <summary>Finds fields with a .NET format, such as <c>{epoch:D2}</c>, where a Python format is needed.</summary>
internal static partial class DotNetFormat
{
    /// <summary>A sentence that shows how to write the first such field; empty if there is none.</summary>
    public static string Hint(string template)
    {
        if (Field().Match(template) is not { Success: true } found)
        {
            return "";
        }

        string name = found.Groups[1].Value;
        int? digits = int.TryParse(found.Groups[3].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
        string format = char.ToUpperInvariant(found.Groups[2].Value[0]) switch
        {
            'D' => digits is { } width ? $"{width:00}d" : "d",
            'X' => digits is { } width ? $"{width:00}X" : "X",
            'N' => $",.{digits ?? 2}f",
            'P' => $".{digits ?? 2}%",
            'E' => $".{digits ?? 6}e",
            'G' => digits is { } figures ? $".{figures}g" : "g",
            _ => $".{digits ?? 2}f",
        };
        return $" Formats use Python's syntax: write {{{name}:{format}}} instead of {found.Value}.";
    }

    [GeneratedRegex(@"\{(\w+):([DXNPEGFdxnpegf])(\d*)\}")]
    private static partial Regex Field();
}
