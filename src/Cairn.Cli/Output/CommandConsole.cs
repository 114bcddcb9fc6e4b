using Spectre.Console;
using Spectre.Console.Rendering;

namespace Cairn.Cli.Output;

/// <summary>The output of a command. On a terminal, tables have colors and the terminal's width.</summary>
internal sealed class CommandConsole
{
    // Wide enough that nothing wraps in a file or a pipe; a table takes only the width it needs.
    private const int WidthOfAFile = 4096;
    private const int MostOfCell = 2000;

    private readonly IAnsiConsole ansi;
    private readonly bool unicode;

    public CommandConsole(TextWriter output, TextWriter error)
    {
        Out = output;
        Error = error;
        bool terminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        unicode = output.Encoding.WebName.StartsWith("utf", StringComparison.OrdinalIgnoreCase);
        ansi = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (!terminal)
        {
            ansi.Profile.Width = WidthOfAFile;
        }

        ansi.Profile.Capabilities.Unicode = unicode;
    }

    public TextWriter Out { get; }

    public TextWriter Error { get; }

    /// <summary>Writes a line of plain text; control characters in names from files are escaped.</summary>
    public void Line(string text = "") => Out.WriteLine(Printable.Of(text, keepLines: true));

    /// <summary>A warning, on standard error.</summary>
    public void Warn(string text) => Error.WriteLine($"cairn: warning: {Printable.Of(text, keepLines: true)}");

    /// <summary>Writes a table under a title; all cells are plain text.</summary>
    /// <param name="title">The line above it.</param>
    /// <param name="columns">The column headers; a header that starts with '&gt;' is aligned to the right.</param>
    /// <param name="rows">The cells.</param>
    public void Table(string title, string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table { Border = unicode ? TableBorder.Rounded : TableBorder.Ascii };
        foreach (string column in columns)
        {
            bool right = column.StartsWith('>');
            var head = new TableColumn(new Text(right ? column[1..] : column, new Style(decoration: Decoration.Bold)));
            table.AddColumn(right ? head.RightAligned() : head);
        }

        foreach (string[] row in rows)
        {
            table.AddRow(row.Select(IRenderable (cell) => new Text(Printable.Of(Shortened.Of(cell, MostOfCell)))));
        }

        Line();
        Line(title);
        ansi.Write(table);
    }
}
