using System.Text.RegularExpressions;

namespace Cairn.Tests.Documents;

/// <summary>The Korean documents have the same content as the English ones: the same sections, code, tables, names and links, in the same
/// order.</summary>
public sealed partial class KoreanDocumentsTests
{
    public static TheoryData<string> Documents => ["callbacks", "many-machines", "README"];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Both_have_the_same_code(string name)
    {
        (string? english, string? korean) = Read(name);
        Assert.Equal(Code(english), Code(korean));
        Assert.NotEmpty(Code(english));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Both_have_the_same_sections_lists_and_tables(string name)
    {
        (string? english, string? korean) = Read(name);
        Assert.Equal(Outline(english), Outline(korean));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Both_have_the_same_names_and_links_in_each_section(string name)
    {
        (string? english, string? korean) = Read(name);
        foreach ((string? one, string? other) in Sections(english).Zip(Sections(korean)))
        {
            Assert.Equal(Names(one), Names(other));
            Assert.Equal(Links(one), Links(other));
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void The_Korean_document_is_in_Korean(string name)
    {
        IEnumerable<string> prose = Sections(Read(name).Korean).Select(section => CodeSpan().Replace(section, ""))
            .Where(section => section.Count(char.IsLetter) > 20);
        Assert.All(prose, section => Assert.Contains(section, character => character is >= '\uac00' and <= '\ud7a3'));
    }

    private static (string English, string Korean) Read(string name) => (Text($"{name}.md"), Text($"{name}.ko.md"));

    private static string Text(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", file));

    /// <summary>The code blocks with a language, without comments, which are translated.</summary>
    private static List<string> Code(string text) =>
        [.. Block().Matches(text).Where(block => block.Groups[1].Length > 0).Select(block => Comment().Replace(block.Value, ""))];

    /// <summary>Headings by their level, items and rows of tables by their cells, one character each.</summary>
    private static string Outline(string text) => string.Join('\n', Block().Replace(text, "block\n").Split('\n').Select(line => line switch
    {
        _ when line.StartsWith('#') => line[..line.IndexOf(' ', StringComparison.Ordinal)],
        _ when line.StartsWith("- ", StringComparison.Ordinal) => "-",
        _ when line.StartsWith('|') => $"| {line.Count(character => character == '|')}",
        "block" => "block",
        _ => "",
    }).Where(line => line.Length > 0));

    private static IEnumerable<string> Sections(string text) => Heading().Split(Block().Replace(text, "")).Skip(1);

    private static IEnumerable<string> Names(string section) =>
        CodeSpan().Matches(section).Select(span => span.Value).Distinct().Order(StringComparer.Ordinal);

    // A Korean page links to the Korean version of a page, and to its own sections by their Korean names.
    private static IEnumerable<string> Links(string section) => Link().Matches(section).Select(link => link.Groups[1].Value)
        .Select(target => target.StartsWith('#') ? "#" : target.Replace(".ko.md", ".md", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    [GeneratedRegex(@"^```(\w*)\n.*?^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"[ \t]*(//|(?<=[ \n])# ).*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex("^#+ .*$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();
}
