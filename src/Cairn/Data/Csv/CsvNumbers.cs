using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Cairn.Data;

/// <summary>The rows of a CSV file as numbers; an invalid value is reported with its line and column.</summary>
internal sealed class CsvNumbers : IDisposable
{
    private const int LongestNumber = 64;
    private static readonly string[] MissingWords = ["", "NA", "N/A", "NaN", "null"];

    private readonly CsvRecords records;
    private readonly CsvOptions options;
    private readonly Dictionary<int, Dictionary<string, int>> categories = [];
    private Dictionary<string, int>? places;
    private bool atFirst;

    /// <summary>Opens a file and reads its column names.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="FormatException">The file is empty, or its first line is not a header.</exception>
    /// <exception cref="ArgumentException">An option names a column that does not exist.</exception>
    public CsvNumbers(string path, CsvOptions options)
    {
        this.options = options;
        records = new CsvRecords(path);
        try
        {
            records.Separator = (byte)(options.Separator ?? records.FindSeparator(options.DecimalComma ? ';' : ','));
            if (!records.MoveNext())
            {
                throw new FormatException($"'{path}' is empty; its first line must name the columns.");
            }

            Columns = Header();
            foreach ((string column, IReadOnlyList<string> words) in options.Categories)
            {
                categories[ColumnOf(column, nameof(options))] = words.Select((word, index) => (word, index))
                    .ToDictionary(pair => pair.word, pair => pair.index);
            }
        }
        catch
        {
            records.Dispose();
            throw;
        }
    }

    /// <summary>The quoted path of the file, for messages.</summary>
    public string Path => $"'{records.Path}'";

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The line at which the current row begins, counted from 1.</summary>
    public long Line => records.Line;

    /// <summary>The index of a column.</summary>
    /// <exception cref="ArgumentException">There is no column with this name.</exception>
    public int ColumnOf(string name, string argument) =>
        (places ??= Columns.Select((column, index) => KeyValuePair.Create(column, index)).ToDictionary(StringComparer.Ordinal))
        .TryGetValue(name, out int at)
            ? at
            : throw new ArgumentException(
            $"'{records.Path}' has no column '{Shortened.Of(name)}'. {Shortened.Message(NearestName.Hint(name, Columns))}", argument);

    /// <summary>Reads the next row.</summary>
    /// <param name="row">The destination, with one element per column.</param>
    /// <param name="used">The columns to read; the others may contain anything.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="FormatException">A value is missing or is not a number.</exception>
    public bool TryRead(Span<double> row, ReadOnlySpan<int> used)
    {
        if (!MoveNext())
        {
            return false;
        }

        Read(row, used);
        return true;
    }

    /// <summary>Moves over the next row, whose values may be anything.</summary>
    /// <returns>False at the end of the file.</returns>
    public bool TrySkip()
    {
        if (!atFirst)
        {
            return records.MoveOver();
        }

        atFirst = false;
        return true;
    }

    /// <summary>The current row as it is in the file.</summary>
    public ReadOnlySpan<byte> Record => records.Record;

    /// <summary>Reads an earlier row, at the end of the file.</summary>
    /// <param name="record">The row as it is in the file.</param>
    /// <param name="line">The line at which it begins.</param>
    /// <param name="row">The destination, with one element per column.</param>
    /// <param name="used">The columns to read.</param>
    /// <exception cref="FormatException">A value is missing or is not a number.</exception>
    public void Return(ReadOnlySpan<byte> record, long line, Span<double> row, ReadOnlySpan<int> used)
    {
        records.Return(record, line);
        CheckCount();
        Read(row, used);
    }

    /// <summary>The text of a column in the next row.</summary>
    /// <returns>Null at the end of the file.</returns>
    public string? ReadWord(int column) => MoveNext() ? records.Text(column) : null;

    public void Dispose() => records.Dispose();

    private bool MoveNext()
    {
        // Without a header the first line has already been read to count the columns.
        if (atFirst)
        {
            atFirst = false;
        }
        else if (!records.MoveNext())
        {
            return false;
        }

        CheckCount();
        return true;
    }

    private void CheckCount()
    {
        if (records.Count != Columns.Count)
        {
            throw new FormatException($"'{records.Path}', line {records.Line}: {records.Count} values, but the header "
                + $"has {Columns.Count} columns.");
        }
    }

    private void Read(Span<double> row, ReadOnlySpan<int> used)
    {
        foreach (int column in used)
        {
            row[column] = Number(column);
        }
    }

    private string[] Header()
    {
        string[] first = [.. Enumerable.Range(0, records.Count).Select(i => records.Text(i))];
        if (options.HasHeader == false)
        {
            atFirst = true;
            return [.. first.Select((_, index) => index.ToString(CultureInfo.InvariantCulture))];
        }

        // Names may be numbers, such as those of a table without column names: 0, 1, 2, …
        bool isCounted = first.Select((name, index) => name == index.ToString(CultureInfo.InvariantCulture)).All(same => same);
        if (options.HasHeader is null && !isCounted
            && first.All(name => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
        {
            throw new FormatException(
                $"'{records.Path}', line 1: expected a header, but these are numbers. For a file without a header, pass new CsvOptions {{ "
                    + $"HasHeader = false }}; if these are column names, set it to true.");
        }

        return first.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice
            ? throw new FormatException($"'{records.Path}' has two columns named '{Shortened.Of(twice)}'.")
            : first;
    }

    private double Number(int column)
    {
        ReadOnlySpan<byte> text = records.Field(column).Trim((byte)' ');
        if (categories.Count > 0 && categories.TryGetValue(column, out Dictionary<string, int>? words))
        {
            return Category(text, column, words);
        }

        if (options.DecimalComma && text.Length <= LongestNumber && text.Contains((byte)','))
        {
            Span<byte> point = stackalloc byte[text.Length];
            text.Replace(point, (byte)',', (byte)'.');
            if (TryParse(point, out double converted))
            {
                return converted;
            }
        }
        else if (TryParse(text, out double number))
        {
            if (!double.IsNaN(number) || options.Missing is null)
            {
                return number;
            }
        }

        if (options.Missing is { } missing && IsMissing(text))
        {
            return missing;
        }

        string shown = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 40)]);
        throw Failure(column, text.IsEmpty
            ? "the value is missing. Fill it in, remove the row, or pass new CsvOptions { Missing = 0 } (or another number) to replace it."
            : $"'{shown}' is not a number. {Advice(shown)}");
    }

    private double Category(ReadOnlySpan<byte> text, int column, Dictionary<string, int> words)
    {
        string word = Encoding.UTF8.GetString(text);
        if (words.TryGetValue(word, out int index))
        {
            return index;
        }

        throw Failure(column,
            $"'{Shortened.Of(word)}' is not one of the column's categories. {NearestName.Hint(word, words.Keys.Take(20))}");
    }

    private FormatException Failure(int column, string problem) =>
        new($"'{records.Path}', line {records.Line}, column '{Shortened.Of(Columns[column])}': {problem}");

    private string Advice(string text) =>
        !options.DecimalComma && double.TryParse(text.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? "Numbers with a decimal comma need new CsvOptions { DecimalComma = true }."
            : "For a column of words, pass new CsvOptions { Categories = … }; to exclude the column, name the features.";

    private static bool IsMissing(ReadOnlySpan<byte> text)
    {
        foreach (string word in MissingWords)
        {
            if (Ascii.EqualsIgnoreCase(text, word))
            {
                return true;
            }
        }

        return false;
    }

    // Small integers, such as pixels and classes, are the most common values of many files.
    private static bool TryParse(ReadOnlySpan<byte> text, out double number)
    {
        int whole = 0;
        if (text.Length is > 0 and < 10)
        {
            int i = 0;
            while (i < text.Length && (uint)(text[i] - '0') < 10)
            {
                whole = (whole * 10) + (text[i++] - '0');
            }

            number = whole;
            if (i == text.Length)
            {
                return true;
            }
        }

        return Utf8Parser.TryParse(text, out number, out int used) && used == text.Length;
    }
}
