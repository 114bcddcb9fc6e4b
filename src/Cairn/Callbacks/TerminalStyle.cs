namespace Cairn.Callbacks;

/// <summary>What a terminal can show.</summary>
/// <param name="Live">Whether a line can be drawn over.</param>
/// <param name="Color">Whether escape codes for bold and colours are understood and wanted.</param>
/// <param name="Width">Characters in a line.</param>
/// <param name="Bar">The character the bar is made of.</param>
internal sealed record TerminalStyle(bool Live, bool Color, int Width, char Bar)
{
    private const char HeavyLine = '━';

    public static TerminalStyle Of(TextWriter output)
    {
        var live = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        var color = live && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var unicode = output.Encoding.WebName.StartsWith("utf", StringComparison.OrdinalIgnoreCase);
        return new TerminalStyle(live, color, live ? WidthOfConsole() : int.MaxValue, unicode ? HeavyLine : '=');
    }

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
