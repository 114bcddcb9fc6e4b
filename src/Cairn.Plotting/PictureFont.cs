using ScottPlot;
using SkiaSharp;

namespace Cairn.Plotting;

/// <summary>
/// The font of a picture: the embedded one or, if it lacks characters of the texts, such as Korean ones, an installed font that has
/// them.
/// </summary>
internal sealed record PictureFont(string Family, SKTypeface Typeface)
{
    /// <summary>Chooses the font for the given texts.</summary>
    /// <param name="texts">All texts in the picture.</param>
    /// <param name="installed">Finds an installed font for a character, or null; asks the system by default.</param>
    /// <returns>The font, and the characters it lacks.</returns>
    public static (PictureFont Font, string Missing) For(IEnumerable<string> texts, Func<int, SKTypeface?>? installed = null)
    {
        int[] needed = [.. texts.SelectMany(text => text.EnumerateRunes()).Select(rune => rune.Value).Distinct()];
        int[] lacking = Lacking(EmbeddedFont.Typeface, needed);
        SKTypeface[] candidates = lacking.Length == 0 ? [] : [.. lacking.Select(installed ?? Installed).OfType<SKTypeface>()];

        // Every picture contains numbers and English words.
        SKTypeface? found = Array.Find(candidates, font => Lacking(font, [.. "aZ09.", .. lacking]).Length == 0)
            ?? Array.Find(candidates, font => Lacking(font, [.. "aZ09."]).Length == 0 && Lacking(font, lacking).Length < lacking.Length);
        return found is null
            ? (new PictureFont(EmbeddedFont.Family, EmbeddedFont.Typeface), Shown(lacking))
            : (new PictureFont(found.FamilyName, found), Shown(Lacking(found, needed)));
    }

    /// <summary>Makes it the font of the next plots.</summary>
    public void Use()
    {
        EmbeddedFont.Register();
        Fonts.Default = Family;
    }

    /// <summary>An installed font that has the character; null if there is none.</summary>
    /// <remarks>SkiaSharp without fontconfig, as used here on Linux, finds fonts only by name.</remarks>
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
