using System.Runtime.CompilerServices;
using System.Text;

namespace Cairn;

/// <summary>
/// Reads the records of a comma-separated file one by one, split into fields: RFC 4180 with any separator; lines end in LF, CR LF or CR,
/// and blank lines are skipped. The only CSV reader of the library: for data sets, histories and the tables of the command-line tool.
/// </summary>
/// <remarks>
/// Custom, so that a field stays bytes until it is parsed as a number: a reader that creates strings for millions of fields takes most of
/// the time of a step.
/// </remarks>
internal sealed class CsvRecords : IDisposable
{
    private const int MostBytesInRecord = 16 * 1024 * 1024;
    private const int LeastBuffer = 4 * 1024;
    private const int UsualBuffer = 256 * 1024;

    private readonly Stream stream;
    private readonly Func<string, long, Exception> failure;
    private readonly List<(int Start, int Length)> fields = [];
    private byte[] buffer;
    private int start;
    private int at;
    private int end;
    private long nextLine = 1;
    private bool ended;

    /// <summary>Opens a file.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="FormatException">It is not readable text.</exception>
    public CsvRecords(string path)
        : this(Open(path), path)
    {
    }

    /// <summary>Reads a stream, which is closed with this reader.</summary>
    /// <param name="stream">The bytes of the file.</param>
    /// <param name="path">The file's name, for messages.</param>
    /// <param name="failure">Creates the exception for a problem and its line; a <see cref="FormatException"/> by default.</param>
    /// <param name="firstBuffer">Memory to use, which remains the caller's; a new array if null.</param>
    /// <exception cref="FormatException">It is not readable text.</exception>
    public CsvRecords(Stream stream, string path, Func<string, long, Exception>? failure = null, byte[]? firstBuffer = null)
    {
        (this.stream, Path) = (stream, path);

        // Many small files must not cost a large buffer each. One byte more than the file, so that one read finds its end.
        buffer = firstBuffer ?? new byte[stream.CanSeek ? Math.Clamp(stream.Length + 1, LeastBuffer, UsualBuffer) : UsualBuffer];
        this.failure = failure ?? ((problem, line) => new FormatException($"'{path}', line {line}: {problem}"));
        ReadMore();
        if (Rest.StartsWith(Encoding.UTF8.Preamble))
        {
            at += Encoding.UTF8.Preamble.Length;
        }

        if (!Rest.StartsWith(Encoding.Unicode.Preamble) && !Rest.StartsWith(Encoding.BigEndianUnicode.Preamble))
        {
            return;
        }

        stream.Dispose();
        throw this.failure("the text is written in UTF-16; save it as UTF-8.", 1);
    }

    /// <summary>The path of the file.</summary>
    public string Path { get; }

    /// <summary>The line that the record starts on, counted from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The number of bytes of the record, without its line end.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes of the record, without its line end; valid until the next record.</summary>
    public ReadOnlySpan<byte> Record => buffer.AsSpan(start, Length);

    /// <summary>The number of fields in the record.</summary>
    public int Count => fields.Count;

    /// <summary>The separator between fields.</summary>
    public byte Separator { get; set; } = (byte)',';

    private ReadOnlySpan<byte> Rest => buffer.AsSpan(at, end - at);

    /// <summary>A field without its quotes and the white space around them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReadOnlySpan<byte> Field(int index)
    {
        ReadOnlySpan<byte> field = buffer.AsSpan(fields[index].Start, fields[index].Length).Trim(" \t"u8);
        if (field.Length < 2 || field[0] != '"' || field[^1] != '"')
        {
            return field;
        }

        field = field[1..^1];
        return field.Contains((byte)'"')
            ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(field).Replace("\"\"", "\"", StringComparison.Ordinal)) : field;
    }

    /// <summary>A field as text.</summary>
    public string Text(int index) => Encoding.UTF8.GetString(Field(index));

    /// <summary>The first line, unparsed, to detect the file's dialect; it is not consumed.</summary>
    public ReadOnlySpan<byte> PeekLine()
    {
        int length = Rest.IndexOfAny((byte)'\n', (byte)'\r');
        return length < 0 ? Rest : Rest[..length];
    }

    /// <summary>Finds the separator: the most frequent of comma, semicolon, tab and bar in the first line.</summary>
    /// <param name="otherwise">The separator to use unless another one is more frequent.</param>
    public char FindSeparator(char otherwise = ',')
    {
        ReadOnlySpan<byte> line = PeekLine();
        char best = otherwise;
        foreach (char candidate in ";\t|")
        {
            if (line.Count((byte)candidate) > line.Count((byte)best))
            {
                best = candidate;
            }
        }

        return best;
    }

    /// <summary>Moves to the next record that is not blank.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="FormatException">A record is too long or malformed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool MoveNext()
    {
        do
        {
            if (!TryTake())
            {
                return false;
            }

            Split(start, Length);
        }
        while (fields.Count == 1 && Field(0).IsEmpty);
        return true;
    }

    /// <summary>Moves to the next record that is not blank, without looking for its fields.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="FormatException">A record is too long, or a quote is never closed.</exception>
    public bool MoveOver()
    {
        while (TryTake())
        {
            fields.Clear();
            if (Record.Contains(Separator))
            {
                return true;
            }

            // It may be blank.
            Split(start, Length);
            if (!Field(0).IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns to an earlier record, after the last one.</summary>
    /// <param name="record">Its bytes.</param>
    /// <param name="line">The line that it starts on.</param>
    public void Return(ReadOnlySpan<byte> record, long line)
    {
        record.CopyTo(buffer);
        (start, at, end, Line, Length) = (0, 0, 0, line, record.Length);
        Split(start, Length);
    }

    public void Dispose() => stream.Dispose();

    private static FileStream Open(string path) => File.Exists(path)
        ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0)
        : throw new FileNotFoundException($"There is no file '{path}'.", path);

    private bool TryTake()
    {
        if (!TryFindEnd(out int length, out int lines))
        {
            return false;
        }

        Line = nextLine;
        nextLine += lines;
        Length = buffer.AsSpan(at, length).TrimEnd("\r\n"u8).Length;
        (start, at) = (at, at + length);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Split(int first, int length)
    {
        fields.Clear();
        while (true)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(first, length);
            int field = rest.TrimStart((byte)' ') is [(byte)'"', ..] ? QuotedLength(rest) : rest.IndexOf(Separator);
            if (field < 0)
            {
                field = length;
            }

            fields.Add((first, field));
            if (field == length)
            {
                return;
            }

            first += field + 1;
            length -= field + 1;
        }
    }

    // Up to the first separator outside quotes.
    private int QuotedLength(ReadOnlySpan<byte> rest)
    {
        bool quoted = false;
        for (int i = 0; i < rest.Length; i++)
        {
            if (rest[i] == '"')
            {
                quoted = !quoted;
            }
            else if (rest[i] == Separator && !quoted)
            {
                return i;
            }
            else if (!quoted && rest[i] is not ((byte)' ' or (byte)'\t') && rest[..i].Contains((byte)'"'))
            {
                throw failure("unexpected characters after a closing quote.", Line);
            }
        }

        return -1;
    }

    // A line end inside quotes is part of the field.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryFindEnd(out int length, out int lines)
    {
        length = lines = 0;
        bool quoted = false;
        while (true)
        {
            ReadOnlySpan<byte> rest = Rest[length..];
            int found = rest.IndexOfAny((byte)'\n', (byte)'\r', (byte)'"');
            if (found < 0)
            {
                if (ended)
                {
                    if (quoted)
                    {
                        throw failure("a quote is never closed.", nextLine);
                    }

                    length = end - at;
                    lines++;
                    return length > 0;
                }

                ReadMore();
                continue;
            }

            if (rest[found] == '\r' && found + 1 == rest.Length && !ended)
            {
                // More input is needed to know whether a line feed follows.
                ReadMore();
                continue;
            }

            length += found + 1;
            if (rest[found] == '\r' && found + 1 < rest.Length && rest[found + 1] == '\n')
            {
                continue;
            }

            if (rest[found] == '"')
            {
                quoted = !quoted && OpensField(Rest[..(length - 1)]);
            }
            else
            {
                lines++;
                if (!quoted)
                {
                    return true;
                }
            }
        }
    }

    // Elsewhere a quote is an ordinary character: 5" is five inches. Two quotes inside a quoted field stand for one.
    private bool OpensField(ReadOnlySpan<byte> before)
    {
        before = before.TrimEnd((byte)' ');
        return before.IsEmpty || before[^1] == Separator || before[^1] == '"';
    }

    private void ReadMore()
    {
        Rest.CopyTo(buffer);
        (at, end) = (0, end - at);
        if (end == buffer.Length)
        {
            if (end >= MostBytesInRecord)
            {
                throw failure($"a row is longer than {MostBytesInRecord} bytes, or a quote is never closed.", nextLine);
            }

            Array.Resize(ref buffer, end * 2);
        }

        int read = stream.Read(buffer.AsSpan(end));
        end += read;
        ended = read == 0;
    }
}
