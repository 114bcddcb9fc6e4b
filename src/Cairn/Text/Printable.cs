using System.Globalization;
using System.Text;

namespace Cairn;

/// <summary>Texts of strangers for a terminal, which would obey the escape sequences in them.</summary>
internal static class Printable
{
    /// <summary>The text with <c>\u001b</c> and the like in place of control characters and of those that turn the direction of
    /// writing.</summary>
    /// <param name="text">The text.</param>
    /// <param name="keepLines">Whether line breaks stay.</param>
    public static string Of(string text, bool keepLines = false)
    {
        if (!text.Any(character => IsHidden(character, keepLines)))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 16);
        foreach (char character in text)
        {
            if (IsHidden(character, keepLines))
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                shown.Append(character);
            }
        }

        return shown.ToString();
    }

    private static bool IsHidden(char character, bool keepLines) => character switch
    {
        '\n' or '\r' => !keepLines,
        '\t' => false,
        '\u061c' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') => true,
        _ => char.IsControl(character),
    };
}
