using System.Globalization;
using System.Text;

namespace Cairn;

/// <summary>Makes untrusted text safe for a terminal, which would interpret its escape sequences.</summary>
internal static class Printable
{
    /// <summary>Escapes control characters and characters that change the writing direction, such as <c>\u001b</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="keepLines">Whether to keep line breaks.</param>
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
