using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Cairn.Data;

/// <summary>The rows of a comma-separated file of numbers, one after the other; what does not belong into one is named by line and column.</summary>
internal sealed class CsvNumbers : IDisposable
{
    private const int MostBytesInLine = 16 * 1024 * 1024;
    private static readonly byte[] Separators = ",;\t|"u8.ToArray();

    private readonly FileStream stream;
    private readonly string path;
    private readonly byte separator;
    private byte[] buffer = new byte[256 * 1024];
    private int at;
    private int end;
    private long line;
    private bool ended;

    /// <summary>Opens a file and reads its first line.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">It has no first line that names columns.</exception>
    public CsvNumbers(string path)
    {
        this.path = path;
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no file '{path}'.", path);
        stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        try
        {
            if (!TryReadLine(out ReadOnlySpan<byte> first)) throw new FormatException($"'{path}' is empty; its first line must name the columns.");
            if (first.StartsWith(Encoding.UTF8.Preamble)) first = first[Encoding.UTF8.Preamble.Length..];
            separator = Separators[0];
            foreach (byte candidate in Separators)
            {
                if (first.Count(candidate) > first.Count(separator)) separator = candidate;
            }

            Columns = [.. Encoding.UTF8.GetString(first).Split((char)separator).Select(name => name.Trim().Trim('"'))];
            if (Columns.GroupBy(c => c).FirstOrDefault(g => g.Count() > 1)?.Key is { } twice) throw new FormatException($"'{path}' names the column '{twice}' twice.");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Reads the next row.</summary>
    /// <param name="row">As many places as there are columns.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="FormatException">A value is missing or is no number.</exception>
    public bool TryRead(Span<double> row)
    {
        ReadOnlySpan<byte> text;
        do
        {
            if (!TryReadLine(out text)) return false;
        }
        while (text.Trim((byte)' ').IsEmpty);

        for (int column = 0; column < row.Length; column++)
        {
            int length = text.IndexOf(separator);
            if (length < 0 != (column == row.Length - 1))
            {
                throw new FormatException($"'{path}', line {line}: {(length < 0 ? column + 1 : $"more than {row.Length}")} values, but the first line names {row.Length} columns.");
            }

            row[column] = Number(length < 0 ? text : text[..length], column);
            text = length < 0 ? [] : text[(length + 1)..];
        }

        return true;
    }

    public void Dispose() => stream.Dispose();

    private double Number(ReadOnlySpan<byte> text, int column)
    {
        text = text.Trim((byte)' ').Trim((byte)'"');
        if (Utf8Parser.TryParse(text, out double number, out int used) && used == text.Length) return number;
        string shown = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 40)]);
        throw new FormatException(
            $"'{path}', line {line}, column '{Columns[column]}': "
            + (shown.Length == 0 ? "there is no value." : $"'{shown}' is no number. Numbers have a decimal point; encode words as numbers first."));
    }

    private bool TryReadLine(out ReadOnlySpan<byte> text)
    {
        line++;
        while (true)
        {
            int length = buffer.AsSpan(at, end - at).IndexOf((byte)'\n');
            if (length >= 0)
            {
                text = buffer.AsSpan(at, length).TrimEnd((byte)'\r');
                at += length + 1;
                return true;
            }

            if (ended)
            {
                text = buffer.AsSpan(at, end - at).TrimEnd((byte)'\r');
                at = end;
                return !text.IsEmpty;
            }

            ReadMore();
        }
    }

    private void ReadMore()
    {
        buffer.AsSpan(at, end - at).CopyTo(buffer);
        (at, end) = (0, end - at);
        if (end == buffer.Length)
        {
            if (end >= MostBytesInLine) throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"'{path}', line {line} is longer than {MostBytesInLine} bytes."));
            Array.Resize(ref buffer, end * 2);
        }

        int read = stream.Read(buffer.AsSpan(end));
        end += read;
        ended = read == 0;
    }
}
