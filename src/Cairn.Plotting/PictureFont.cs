using ScottPlot;
using SkiaSharp;

namespace Cairn.Plotting;

/// <summary>
/// The font of a picture: the one that comes with the package or, where it lacks a character of the texts, such as Korean ones, an installed
/// font that has it.
/// </summary>
internal sealed record PictureFont(string Family, SKTypeface Typeface)
{
    /// <summary>Chooses the font for some texts.</summary>
    /// <param name="texts">All that will be written.</param>
    /// <param name="installed">An installed font with a character, or null; by default the system is asked.</param>
    /// <returns>The font, and which characters it lacks.</returns>
    public static (PictureFont Font, string Missing) For(IEnumerable<string> texts, Func<int, SKTypeface?>? installed = null)
    {
        int[] needed = [.. texts.SelectMany(text => text.EnumerateRunes()).Select(rune => rune.Value).Distinct()];
        int[] lacking = Lacking(EmbeddedFont.Typeface, needed);
        SKTypeface[] candidates = lacking.Length == 0 ? [] : [.. lacking.Select(installed ?? Installed).OfType<SKTypeface>()];

        // Numbers and English words are in every picture.
        SKTypeface? found = Array.Find(candidates, font => Lacking(font, [.. "aZ09.", .. lacking]).Length == 0)
            ?? Array.Find(candidates, font => Lacking(font, [.. "aZ09."]).Length == 0 && Lacking(font, lacking).Length < lacking.Length);
        return found is null
            ? (new PictureFont(EmbeddedFont.Family, EmbeddedFont.Typeface), Shown(lacking))
            : (new PictureFont(found.FamilyName, found), Shown(Lacking(found, needed)));
    }

    /// <summary>Makes it the font of what is drawn next.</summary>
    public void Use()
    {
        EmbeddedFont.Register();
        Fonts.Default = Family;
    }

    /// <summary>An installed font with a character; null where there is none.</summary>
    /// <remarks>Where SkiaSharp comes without fontconfig, as here on Linux, it finds fonts by their names only.</remarks>
    public static SKTypeface? Installed(int character)
    {
        SKFontManager fonts = SKFontManager.Default;
        return fonts.MatchCharacter(character)
            ?? fonts.FontFamilies.Select(fonts.MatchFamily).FirstOrDefault(font => font is not null && font.ContainsGlyph(character));
    }

    private static int[] Lacking(SKTypeface font, int[] characters) =>
        Array.FindAll(characters, character => !font.ContainsGlyph(character));

    private static string Shown(int[] characters) => string.Concat(characters.Select(char.ConvertFromUtf32));
}
