using System.Text;

namespace Cairn.Layers;

/// <summary>Splits texts into tokens, as TensorFlow's string operations do for Keras.</summary>
internal static class TextTokens
{
    private const string Punctuation = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'";

    private static readonly char[] Spaces = [' ', '\t', '\n', '\v', '\f', '\r'];

    /// <summary>The tokens of a text in order; single words first, then pairs of words, ….</summary>
    /// <param name="text">The text.</param>
    /// <param name="standardize">The standardization applied first, to ASCII characters only.</param>
    /// <param name="split">Where the text is split.</param>
    /// <param name="ngrams">The n-gram sizes; null for single words.</param>
    public static List<string> Of(string text, string? standardize, string? split, int[]? ngrams)
    {
        string standard = standardize switch
        {
            "lower" => Changed(text, lower: true, strip: false),
            "strip_punctuation" => Changed(text, lower: false, strip: true),
            null => text,
            _ => Changed(text, lower: true, strip: true),
        };
        List<string> words = split switch
        {
            "whitespace" => [.. standard.Split(Spaces, StringSplitOptions.RemoveEmptyEntries)],
            "character" => [.. standard.EnumerateRunes().Select(rune => rune.ToString())],
            _ => [standard],
        };
        return ngrams is null ? words : [.. ngrams.SelectMany(count => Sequences(words, count))];
    }

    private static IEnumerable<string> Sequences(List<string> words, int count)
    {
        for (int i = 0; i + count <= words.Count; i++)
        {
            yield return count == 1 ? words[i] : string.Join(' ', words.GetRange(i, count));
        }
    }

    private static string Changed(string text, bool lower, bool strip)
    {
        var changed = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (!strip || !Punctuation.Contains(c, StringComparison.Ordinal))
            {
                changed.Append(lower && char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c);
            }
        }

        return changed.ToString();
    }
}
