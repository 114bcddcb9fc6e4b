namespace Cairn.Layers;

/// <summary>Checks whether the tokens of a vocabulary can be stored as the lines of a text file.</summary>
internal static class VocabularyLines
{
    // The characters that Python treats as line breaks.
    private const string Ends = "\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029";

    /// <summary>Whether every token can be read back: none contains a line break, and the last one is not empty.</summary>
    public static bool Hold(IReadOnlyList<string> tokens) =>
        tokens[^1].Length > 0 && !tokens.Any(token => token.AsSpan().IndexOfAny(Ends) >= 0);
}
