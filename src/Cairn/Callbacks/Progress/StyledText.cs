using System.Text;

namespace Cairn.Callbacks;

/// <summary>A text with optional escape codes that knows how many columns it occupies without them.</summary>
internal sealed class StyledText(bool color)
{
    private const string Reset = "\x1b[0m";
    private readonly StringBuilder text = new();

    public int Columns { get; private set; }

    public StyledText Add(string part, string? code = null)
    {
        if (part.Length > 0)
        {
            Columns += TerminalStyle.ColumnsOf(part);
            text.Append(color && code is not null ? code + part + Reset : part);
        }

        return this;
    }

    public override string ToString() => text.ToString();
}
