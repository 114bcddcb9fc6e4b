namespace Cairn.Callbacks;

/// <summary>The line of the terminal that a progress bar keeps rewriting, shared with everybody else who prints.</summary>
internal sealed class OutputLine(TextWriter output)
{
    private bool open;
    private int width;

    /// <summary>Writes a message and ends its line; an unfinished progress bar first gets its line to itself.</summary>
    public void Print(string message)
    {
        // Keras' messages begin with a line break for this very purpose; a second one would only leave a gap.
        Break(breakFollows: message.StartsWith('\n'));
        output.Write(message + "\n");
        output.Flush();
    }

    /// <summary>Ends an unfinished line.</summary>
    public void Break(bool breakFollows = false)
    {
        if (open && !breakFollows)
        {
            output.Write("\n");
            output.Flush();
        }

        (open, width) = (false, 0);
    }

    /// <summary>Draws over what the line shows now and leaves it open.</summary>
    /// <param name="text">The new content, with or without escape codes.</param>
    /// <param name="visible">Number of characters of it that take up space.</param>
    public void Redraw(string text, int visible)
    {
        output.Write("\r" + text + Rest(visible));
        output.Flush();
        (open, width) = (true, visible);
    }

    /// <summary>Draws over what the line shows now and ends it.</summary>
    public void Finish(string text, int visible)
    {
        output.Write((open ? "\r" : "") + text + Rest(visible) + "\n");
        output.Flush();
        (open, width) = (false, 0);
    }

    private string Rest(int visible) => new(' ', Math.Max(width - visible, 0));
}
