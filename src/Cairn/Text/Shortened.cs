namespace Cairn;

/// <summary>Texts of a file for a message: a file decides how long they are, and a message is read by people.</summary>
internal static class Shortened
{
    private const int MostOfMessage = 4000;

    /// <summary>The text, or its beginning and its end with what is left out between them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">Characters of it that are kept; 20 or more.</param>
    public static string Of(string text, int most = 200)
    {
        if (text.Length <= most)
        {
            return text;
        }

        int end = most / 4;
        int begin = most - end;

        // No half of a character stays.
        begin -= char.IsHighSurrogate(text[begin - 1]) ? 1 : 0;
        end -= char.IsLowSurrogate(text[^end]) ? 1 : 0;
        return $"{text.AsSpan(0, begin)}… ({text.Length - begin - end} characters) …{text.AsSpan(text.Length - end)}";
    }

    /// <summary>A whole message, whatever names of a file are in it.</summary>
    public static string Message(string text) => Of(text, MostOfMessage);
}
