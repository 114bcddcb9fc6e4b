using ScottPlot;
using SkiaSharp;

namespace Cairn.Plotting;

/// <summary>DejaVu Sans, embedded in the package, so that plots look the same everywhere, even where no font is installed.</summary>
internal sealed class EmbeddedFont : IFontResolver
{
    public const string Family = "DejaVu Sans (cairn)";
    private static readonly Lock Gate = new();
    private static readonly EmbeddedFont Instance = new();

    private readonly Lazy<SKData> file = new(() =>
    {
        using Stream stream = typeof(EmbeddedFont).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        return SKData.Create(stream);
    });

    private EmbeddedFont()
    {
    }

    /// <summary>The font itself.</summary>
    public static SKTypeface Typeface => field ??= SKTypeface.FromData(Instance.file.Value);

    public static void Register()
    {
        lock (Gate)
        {
            if (!Fonts.FontResolvers.Contains(Instance))
            {
                Fonts.FontResolvers.Insert(0, Instance);
            }
        }
    }

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        fontName == Family ? SKTypeface.FromData(file.Value) : null;

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => CreateTypeface(fontName, default, default, default);
}
