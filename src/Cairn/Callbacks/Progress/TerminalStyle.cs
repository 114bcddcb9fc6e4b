namespace Cairn.Callbacks;

/// <summary>The capabilities of a terminal.</summary>
/// <param name="Live">Whether a line can be redrawn.</param>
/// <param name="Color">Whether escape codes for bold and colors are supported and wanted.</param>
/// <param name="Width">Number of columns.</param>
/// <param name="Bar">The character that the bar consists of.</param>
internal sealed record TerminalStyle(bool Live, bool Color, int Width, char Bar)
{
    public const char HeavyLine = '━';

    /// <summary>Whether this is the console of the process, whose width may change at any time.</summary>
    private bool IsConsole { get; init; }

    public static TerminalStyle Of(TextWriter output)
    {
        bool live = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        bool color = live && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        bool unicode = output.Encoding.WebName.StartsWith("utf", StringComparison.OrdinalIgnoreCase);
        return new TerminalStyle(live, color, live ? WidthOfConsole() : int.MaxValue, unicode ? HeavyLine : '=') { IsConsole = live };
    }

    /// <summary>The same style with the current width of the terminal.</summary>
    public TerminalStyle Now() => IsConsole ? this with { Width = WidthOfConsole() } : this;

    /// <summary>Number of columns a text occupies: Korean, Chinese and Japanese characters occupy two.</summary>
    public static int ColumnsOf(string text) => text.Sum(character => IsWide(character) ? 2 : 1);

    // The blocks that Unicode's East Asian Width table lists as wide; each half of a surrogate pair counts as one column.
    private static bool IsWide(char character) => character is
        (>= '\u1100' and <= '\u115f') or (>= '\u2e80' and <= '\ua4cf') or (>= '\uac00' and <= '\ud7a3')
        or (>= '\uf900' and <= '\ufaff') or (>= '\ufe30' and <= '\ufe6f') or (>= '\uff00' and <= '\uff60') or (>= '\uffe0' and <= '\uffe6');

    private static int WidthOfConsole()
    {
        try
        {
            return Console.WindowWidth > 0 ? Console.WindowWidth : int.MaxValue;
        }
        catch (IOException)
        {
            return int.MaxValue;
        }
    }
}
