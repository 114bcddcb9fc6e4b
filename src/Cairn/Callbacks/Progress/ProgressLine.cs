namespace Cairn.Callbacks;

/// <summary>Fits the parts of a progress bar into the width of the terminal. Values are shown in full or not at all.</summary>
/// <param name="heads">Count, bar, time and speed, from the longest form to the shortest.</param>
/// <param name="values">The values with their names.</param>
internal sealed class ProgressLine(IEnumerable<Func<TerminalStyle, StyledText>> heads, IEnumerable<string> values)
{
    private const string Between = " - ";
    private const string Indent = "  ";
    private readonly string[] values = [.. values.Select(value => Printable.Of(value))];

    /// <summary>
    /// One line: the longest head that leaves room for all values or, if there is none, the shortest head with as many values as fit.
    /// </summary>
    public StyledText OnOneLine(TerminalStyle style)
    {
        int room = Room(style);
        StyledText text = null!;
        foreach (Func<TerminalStyle, StyledText> head in heads)
        {
            text = head(style);
            if (text.Columns + Length(values) <= room)
            {
                return Append(text, values);
            }
        }

        if (text.Columns > room)
        {
            return new StyledText(style.Color).Add(Cut(text, room));
        }

        string more = style.Bar == TerminalStyle.HeavyLine ? " …" : " ...";
        int fitting = values.Length;
        while (fitting > 0 && text.Columns + Length(values.AsSpan(0, fitting)) + more.Length > room)
        {
            fitting--;
        }

        Append(text, values.AsSpan(0, fitting));
        return text.Columns + more.Length <= room ? text.Add(more) : text;
    }

    /// <summary>The whole text: on one line if possible, otherwise with the values on separate lines, broken between values.</summary>
    /// <returns>The text, and the number of columns its first line occupies.</returns>
    public (string Text, int Columns) Whole(TerminalStyle style)
    {
        int room = Room(style);
        StyledText[] forms = [.. heads.Select(head => head(style))];
        if (Array.Find(forms, form => form.Columns + Length(values) <= room) is { } whole)
        {
            Append(whole, values);
            return (whole.ToString(), whole.Columns);
        }

        StyledText first = Array.Find(forms, form => form.Columns <= room) ?? forms[^1];
        List<string> lines = [first.ToString()];
        string current = "";
        foreach (string value in values)
        {
            string longer = current.Length == 0 ? Indent + value : current + Between + value;
            if (current.Length > 0 && TerminalStyle.ColumnsOf(longer) > room)
            {
                lines.Add(current);
                longer = Indent + value;
            }

            current = longer;
        }

        lines.Add(current);
        return (string.Join('\n', lines), first.Columns);
    }

    // The last column stays empty, because some terminals wrap there.
    private static int Room(TerminalStyle style) => style.Width == int.MaxValue ? int.MaxValue : Math.Max(style.Width - 1, 1);

    private static int Length(ReadOnlySpan<string> values)
    {
        int length = 0;
        foreach (string value in values)
        {
            length += Between.Length + TerminalStyle.ColumnsOf(value);
        }

        return length;
    }

    private static StyledText Append(StyledText text, ReadOnlySpan<string> values)
    {
        foreach (string value in values)
        {
            text.Add(Between + value);
        }

        return text;
    }

    // Narrower than the count and the time: only the beginning, without colors, whose escape codes must not be cut.
    private string Cut(StyledText shortest, int room)
    {
        string plain = heads.Last()(new TerminalStyle(Live: true, Color: false, room, '.')).ToString();
        return plain[..Math.Min(room, Math.Min(plain.Length, shortest.Columns))];
    }
}
