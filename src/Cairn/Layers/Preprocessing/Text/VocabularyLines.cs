namespace Cairn.Layers;

/// <summary>Whether the tokens of a vocabulary can be the lines of a file.</summary>
internal static class VocabularyLines
{
    // What Python takes for the end of a line.
    private const string Ends = "\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029";

    /// <summary>Whether every token comes back: none has a line break, and the last one is not empty.</summary>
    public static bool Hold(IReadOnlyList<string> tokens) =>
        tokens[^1].Length > 0 && !tokens.Any(token => token.AsSpan().IndexOfAny(Ends) >= 0);
}
