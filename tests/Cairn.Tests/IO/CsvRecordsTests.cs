using System.Text;

namespace Cairn.Tests.IO;

/// <summary>The reader and the writer of CSV files.</summary>
public sealed class CsvRecordsTests
{
    [Theory]
    [InlineData("\n"), InlineData("\r\n"), InlineData("\r")]
    public void Rows_longer_than_any_buffer_are_split_at_every_kind_of_line_end(string lineEnd)
    {
        // The buffer is 256 KiB: line ends are on both sides of its boundaries.
        string[][] rows =
            [.. Enumerable.Range(0, 20_000).Select(i => (string[])[$"{i}", new string('x', i % 97), $"a \"quoted\"{lineEnd}line {i}"])];
        string text = string.Concat(rows.Select(row => CsvRow.Of(row, rowEnd: lineEnd)));

        Assert.Equal(rows, Read(text));
    }

    [Theory]
    [InlineData(","), InlineData(";"), InlineData("\t")]
    public void Written_files_are_read_back(string separator)
    {
        string[] cells = ["plain", "with \"quotes\"", "a,b;c\td", "two\r\nlines", "", "Zürich"];

        string text = CsvRow.Of(cells, separator) + CsvRow.Of(["1", "2", "3", "4", "5", "6"], separator);

        Assert.Equal([cells, ["1", "2", "3", "4", "5", "6"]], Read(text, separator[0]));
    }

    [Fact]
    public void Rows_are_written_as_Python_writes_them()
    {
        // csv.writer(f).writerow(["a", 'b"c', "d,e", "f g", ""])
        Assert.Equal("a,\"b\"\"c\",\"d,e\",f g,\r\n", CsvRow.Of(["a", "b\"c", "d,e", "f g", ""]));
    }

    [Fact]
    public void Lines_are_counted_with_blank_ones_and_those_in_quotes()
    {
        using var records = new CsvRecords(new MemoryStream("a\n\n\"b\nc\"\nd\r\n\re"u8.ToArray()), "x.csv");
        var lines = new List<long>();
        while (records.MoveNext())
        {
            lines.Add(records.Line);
        }

        Assert.Equal([1, 3, 5, 7], lines);
    }

    [Fact]
    public void Any_number_of_blank_lines_is_skipped_before_a_row_that_is_passed_over()
    {
        using var records = new CsvRecords(new MemoryStream([.. Enumerable.Repeat((byte)'\n', 2_000_000), .. "x\ny"u8]), "x.csv");
        Assert.True(records.MoveOver());
        Assert.Equal(2_000_001, records.Line);
        Assert.True(records.MoveNext());
        Assert.Equal("y", records.Text(0));
        Assert.False(records.MoveOver());
    }

    private static List<string[]> Read(string text, char separator = ',')
    {
        using var records = new CsvRecords(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x.csv") { Separator = (byte)separator };
        var rows = new List<string[]>();
        while (records.MoveNext())
        {
            rows.Add([.. Enumerable.Range(0, records.Count).Select(records.Text)]);
        }

        return rows;
    }
}
