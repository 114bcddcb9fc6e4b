namespace Cairn.Callbacks;

/// <summary>The line of the terminal that a progress bar keeps rewriting, shared with everybody else who prints.</summary>
internal sealed class OutputLine(TextWriter output)
{
    private string? shown;
    private int width;

    /// <summary>Writes a message and ends its line; an unfinished progress bar moves on to the line behind it.</summary>
    public void Print(string message)
    {
        string? bar = shown;
        int room = width;
        Erase();

        // Keras' messages begin with a line break to leave the bar; where the bar has made room, it would only leave a gap.
        output.Write((bar is not null && message.StartsWith('\n') ? message[1..] : message) + "\n");
        if (bar is not null)
        {
            output.Write(bar);
            (shown, width) = (bar, room);
        }

        output.Flush();
    }

    /// <summary>Ends an unfinished line, which stays.</summary>
    public void Break()
    {
        if (shown is not null)
        {
            output.Write("\n");
            output.Flush();
        }

        (shown, width) = (null, 0);
    }

    /// <summary>Takes an unfinished line away, so that somebody else can write in its place.</summary>
    public void Erase()
    {
        if (shown is not null)
        {
            output.Write("\r" + new string(' ', width) + "\r");
            output.Flush();
        }

        (shown, width) = (null, 0);
    }

    /// <summary>Draws over what the line shows now and leaves it open.</summary>
    /// <param name="text">The new content, with or without escape codes.</param>
    /// <param name="visible">Number of columns it takes up.</param>
    public void Redraw(string text, int visible)
    {
        output.Write("\r" + text + Rest(visible));
        output.Flush();
        (shown, width) = (text, visible);
    }

    /// <summary>Draws over what the line shows now and ends it.</summary>
    /// <param name="text">The new content, of one line or several.</param>
    /// <param name="visible">Number of columns that its first line takes up.</param>
    public void Finish(string text, int visible)
    {
        int end = text.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var found ? found : text.Length;
        output.Write((shown is null ? "" : "\r") + text[..end] + Rest(visible) + text[end..] + "\n");
        output.Flush();
        (shown, width) = (null, 0);
    }

    private string Rest(int visible) => new(' ', Math.Max(width - visible, 0));
}
