namespace Cairn.Callbacks;

/// <summary>The terminal line that a progress bar redraws, shared with all other output.</summary>
internal sealed class OutputLine(TextWriter output)
{
    private string? shown;
    private int width;

    /// <summary>Writes a message and a line break; an unfinished progress bar moves to the line below.</summary>
    public void Print(string message)
    {
        string? bar = shown;
        int room = width;
        Erase();

        // Keras' messages begin with a line break to leave the bar; if the bar has already moved, it would only leave an empty line.
        output.Write((bar is not null && message.StartsWith('\n') ? message[1..] : message) + "\n");
        if (bar is not null)
        {
            output.Write(bar);
            (shown, width) = (bar, room);
        }

        output.Flush();
    }

    /// <summary>Terminates an unfinished line, which stays visible.</summary>
    public void Break()
    {
        if (shown is not null)
        {
            output.Write("\n");
            output.Flush();
        }

        (shown, width) = (null, 0);
    }

    /// <summary>Erases an unfinished line, so that other output can take its place.</summary>
    public void Erase()
    {
        if (shown is not null)
        {
            output.Write("\r" + new string(' ', width) + "\r");
            output.Flush();
        }

        (shown, width) = (null, 0);
    }

    /// <summary>Redraws the line and leaves it unfinished.</summary>
    /// <param name="text">The new content, with or without escape codes.</param>
    /// <param name="visible">Number of columns the text occupies.</param>
    public void Redraw(string text, int visible)
    {
        output.Write("\r" + text + Rest(visible));
        output.Flush();
        (shown, width) = (text, visible);
    }

    /// <summary>Redraws the line and terminates it.</summary>
    /// <param name="text">The new content, of one or more lines.</param>
    /// <param name="visible">Number of columns the first line occupies.</param>
    public void Finish(string text, int visible)
    {
        int end = text.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var found ? found : text.Length;
        output.Write((shown is null ? "" : "\r") + text[..end] + Rest(visible) + text[end..] + "\n");
        output.Flush();
        (shown, width) = (null, 0);
    }

    private string Rest(int visible) => new(' ', Math.Max(width - visible, 0));
}
