namespace Cairn.Callbacks;

/// <summary>What a terminal can show.</summary>
/// <param name="Live">Whether a line can be drawn over.</param>
/// <param name="Color">Whether escape codes for bold and colours are understood and wanted.</param>
/// <param name="Width">Columns in a line.</param>
/// <param name="Bar">The character the bar is made of.</param>
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

    /// <summary>The same with the width that the terminal has now.</summary>
    public TerminalStyle Now() => IsConsole ? this with { Width = WidthOfConsole() } : this;

    /// <summary>How many columns a text takes up: Korean, Chinese and Japanese characters take two.</summary>
    public static int ColumnsOf(string text) => text.Sum(character => IsWide(character) ? 2 : 1);

    // The blocks that Unicode's table of East Asian widths calls wide; of a pair of surrogates each half counts as one.
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
