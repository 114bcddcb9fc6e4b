using System.Globalization;
using System.Text;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>The rows of a CSV text (RFC 4180), with any separator; lines may end in LF, CR LF or CR. Empty lines are passed over.</summary>
internal sealed class CsvRows(string text, char separator, string path)
{
    private readonly StringBuilder cell = new();
    private int next;
    private int line;

    /// <summary>Where the last row was, for messages.</summary>
    public string Place => string.Create(CultureInfo.InvariantCulture, $"line {line}");

    /// <summary>The cells of the next row, or null at the end.</summary>
    /// <exception cref="ModelFormatException">A quote is not closed, or something stands behind one that is.</exception>
    public List<string>? Next()
    {
        while (next < text.Length)
        {
            line++;
            List<string> cells = Row();
            if (cells is not [""])
            {
                return cells;
            }
        }

        return null;
    }

    private List<string> Row()
    {
        var cells = new List<string>();
        while (true)
        {
            cells.Add(next < text.Length && text[next] == '"' ? Quoted() : Plain());
            if (next >= text.Length)
            {
                return cells;
            }

            char end = text[next++];
            if (end == separator)
            {
                continue;
            }

            if (end == '\r' && next < text.Length && text[next] == '\n')
            {
                next++;
            }

            return cells;
        }
    }

    private string Plain()
    {
        int start = next;
        while (next < text.Length && !EndsCell(text[next]))
        {
            next++;
        }

        return text[start..next];
    }

    private string Quoted()
    {
        cell.Clear();
        for (next++; next < text.Length; next++)
        {
            if (text[next] != '"')
            {
                cell.Append(text[next]);
            }
            else if (next + 1 < text.Length && text[next + 1] == '"')
            {
                cell.Append(text[++next]);
            }
            else
            {
                next++;
                return next == text.Length || EndsCell(text[next])
                    ? cell.ToString()
                    : throw new ModelFormatException("something stands between a closing quote and the end of its cell.", path, Place);
            }
        }

        throw new ModelFormatException("a quote is not closed.", path, Place);
    }

    private bool EndsCell(char character) => character == separator || character is '\r' or '\n';
}
