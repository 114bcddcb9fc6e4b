namespace Cairn;

/// <summary>Shortens text from files for messages, since a file may contain text of any length.</summary>
internal static class Shortened
{
    private const int MostOfMessage = 4000;

    /// <summary>The text, or its start and end with the number of omitted characters between them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">Maximum number of characters to keep, 20 or more.</param>
    public static string Of(string text, int most = 200)
    {
        if (text.Length <= most)
        {
            return text;
        }

        int end = most / 4;
        int begin = most - end;

        // Surrogate pairs are not split.
        begin -= char.IsHighSurrogate(text[begin - 1]) ? 1 : 0;
        end -= char.IsLowSurrogate(text[^end]) ? 1 : 0;
        return $"{text.AsSpan(0, begin)}… ({text.Length - begin - end} characters) …{text.AsSpan(text.Length - end)}";
    }

    /// <summary>Shortens a whole message, which may contain names from a file.</summary>
    public static string Message(string text) => Of(text, MostOfMessage);
}
