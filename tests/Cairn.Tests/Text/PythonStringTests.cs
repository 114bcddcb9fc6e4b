using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

/// <summary>Texts as Python's <c>json.dumps</c> writes them; the expected ones are Python's own.</summary>
public sealed class PythonStringTests
{
    [Theory]
    [InlineData("plain", "\"plain\"")]
    [InlineData("a&b=c+d %<'/>", "\"a&b=c+d %<'/>\"")]
    [InlineData("q\"\\", "\"q\\\"\\\\\"")]
    [InlineData("\t\n\r\b\f\u0001\u007f", "\"\\t\\n\\r\\b\\f\\u0001\\u007f\"")]
    [InlineData("정확도 é 😀", "\"\\uc815\\ud655\\ub3c4 \\u00e9 \\ud83d\\ude00\"")]
    public void Everything_but_printable_ASCII_is_escaped(string text, string written) => Assert.Equal(written, PythonString.Quoted(text));
}
