using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Cairn.Data;

/// <summary>The rows of a comma-separated file as numbers; what is none is named by line and column.</summary>
internal sealed class CsvNumbers : IDisposable
{
    private const int LongestNumber = 64;
    private static readonly string[] MissingWords = ["", "NA", "N/A", "NaN", "null"];

    private readonly CsvRecords records;
    private readonly CsvOptions options;
    private readonly Dictionary<int, Dictionary<string, int>> categories = [];
    private bool atFirst;

    /// <summary>Opens a file and reads the names of its columns.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">It is empty, or its first line doesn't name columns.</exception>
    /// <exception cref="ArgumentException">An option names a column that is not there.</exception>
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

    /// <summary>The file in quotes, for messages.</summary>
    public string Path => $"'{records.Path}'";

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The line that the row begins in, counted from 1.</summary>
    public long Line => records.Line;

    /// <summary>The index of a column.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public int ColumnOf(string name, string argument) => Columns.ToList().IndexOf(name) is >= 0 and var at
        ? at
        : throw new ArgumentException($"'{records.Path}' has no column '{name}'. {NearestName.Hint(name, Columns)}", argument);

    /// <summary>Reads the next row.</summary>
    /// <param name="row">As many places as there are columns.</param>
    /// <param name="used">The columns to read; the others may hold anything.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="FormatException">A value is missing or is no number.</exception>
    public bool TryRead(Span<double> row, ReadOnlySpan<int> used)
    {
        if (!MoveNext())
        {
            return false;
        }

        foreach (int column in used)
        {
            row[column] = Number(column);
        }

        return true;
    }

    /// <summary>The words of a column in the next row.</summary>
    /// <returns>Null at the end of the file.</returns>
    public string? ReadWord(int column) => MoveNext() ? records.Text(column) : null;

    public void Dispose() => records.Dispose();

    private bool MoveNext()
    {
        // Without a header the first line was read to see how many columns there are.
        if (atFirst)
        {
            atFirst = false;
        }
        else if (!records.MoveNext())
        {
            return false;
        }

        return records.Count == Columns.Count
            ? true
            : throw new FormatException($"'{records.Path}', line {records.Line}: {records.Count} values, but the first line "
            + $"names {Columns.Count} columns.");
    }

    private string[] Header()
    {
        string[] first = [.. Enumerable.Range(0, records.Count).Select(i => records.Text(i))];
        if (options.HasHeader == false)
        {
            atFirst = true;
            return [.. first.Select((_, index) => index.ToString(CultureInfo.InvariantCulture))];
        }

        // Names may be numbers, as those of a table without names are: 0, 1, 2, …
        bool isCounted = first.Select((name, index) => name == index.ToString(CultureInfo.InvariantCulture)).All(same => same);
        if (options.HasHeader is null && !isCounted
            && first.All(name => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
        {
            throw new FormatException(
                $"'{records.Path}', line 1: the names of the columns are expected, and these are numbers. A file without names needs new "
                    + $"CsvOptions {{ HasHeader = false }}; with true, these are names.");
        }

        return first.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice
            ? throw new FormatException($"'{records.Path}' names the column '{twice}' twice.")
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
            ? "there is no value. Fill it in, leave out the row, or pass new CsvOptions { Missing = 0 } or another number to take."
            : $"'{shown}' is no number. {Advice(shown)}");
    }

    private double Category(ReadOnlySpan<byte> text, int column, Dictionary<string, int> words)
    {
        string word = Encoding.UTF8.GetString(text);
        if (words.TryGetValue(word, out int index))
        {
            return index;
        }

        throw Failure(column, $"'{word}' is none of the column's categories. {NearestName.Hint(word, words.Keys.Take(20))}");
    }

    private FormatException Failure(int column, string problem) =>
        new($"'{records.Path}', line {records.Line}, column '{Columns[column]}': {problem}");

    private string Advice(string text) =>
        !options.DecimalComma && double.TryParse(text.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? "Numbers with a decimal comma need new CsvOptions { DecimalComma = true }."
            : "A column of words needs its categories, new CsvOptions { Categories = … }; one that is not used is left out by naming "
            + "the features.";

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

    // Small whole numbers, such as pixels and classes, are most of many files.
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
