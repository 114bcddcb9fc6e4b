using System.Text;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Data;

/// <summary>The ways in which people and programs write CSV files.</summary>
public sealed class CsvFormatTests
{
    [Theory]
    [InlineData("a,b\n1,2\n3,4\n")]
    [InlineData("a,b\r\n1,2\r\n3,4\r\n\r\n")]
    [InlineData("a,b\n1,2\n3,4")]
    [InlineData("\uFEFFa,b\n1,2\n3,4\n")]
    [InlineData("a;b\n1;2\n3;4\n")]
    [InlineData("a,b\r1,2\r\r3,4\r")]
    [InlineData("a|b\r\n\"1\"|2\r\n3|\"4\"")]
    [InlineData("a\tb\n1\t2\n\n3\t4\n\n")]
    [InlineData("\"a\",\"b\"\n\"1\",\" 2\"\n 3 , 4e0 \n")]
    public void Line_ends_separators_marks_quotes_and_blanks_do_not_matter(string text) =>
        Assert.Equal([1, 2, 3, 4], Read(text, ["a", "b"]));

    [Fact]
    public void A_quoted_field_may_hold_separators_quotes_and_line_ends() =>
        Assert.Equal(
            [1, 2, 3, 4, 5, 6],
            Read("a,\"b, \"\"best\"\"\",remark\n1,2,\"x,\"\"y\n\"\"z\n\"\n3,4,5\" pipe\n5,6,\"\"\n", ["a", "b, \"best\""]));

    [Fact]
    public void A_file_without_names_counts_its_columns() =>
        Assert.Equal([2, 1, 4, 3], Read("1,2\n3,4\n", ["1", "0"], new CsvOptions { HasHeader = false }));

    [Fact]
    public void Names_that_are_numbers_are_taken_where_they_count_or_are_said_to_be_names()
    {
        Assert.Equal([5, 6], Read("0,1\n5,6\n", ["0", "1"]));
        Assert.Equal([5, 6], Read("2020,2021\n5,6\n", ["2020", "2021"], new CsvOptions { HasHeader = true }));
    }

    [Fact]
    public void Decimal_commas_are_read_where_they_are_expected() =>
        Assert.Equal([1.5f, -0.25f, 3, 1000], Read("a;b\n1,5;-0,25\n3;1e3\n", ["a", "b"], new CsvOptions { DecimalComma = true }));

    [Fact]
    public void Missing_values_become_the_number_that_stands_for_them() =>
        Assert.Equal([-1, 2, 3, -1, -1, -1], Read("a,b\n,2\n3,NA\nnan,null\n", ["a", "b"], new CsvOptions { Missing = -1 }));

    [Fact]
    public void Words_become_their_place_among_the_categories()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["data.csv"], "size,kind\nsmall,\"a, b\"\nlarge,c\nsmall,c\n");

        Assert.Equal(["a, b", "c"], Dataset.CategoriesInCsv(folder["data.csv"], "kind"));
        var categories = new Dictionary<string, IReadOnlyList<string>>
            { ["size"] = ["small", "large"], ["kind"] = Dataset.CategoriesInCsv(folder["data.csv"], "kind") };
        Assert.Equal([0, 0, 1, 1, 0, 1],
            Read(File.ReadAllText(folder["data.csv"]), ["size", "kind"], new CsvOptions { Categories = categories }));
    }

    [Theory]
    [InlineData("1.5,2\n3,4\n", "line 1: the names of the columns are expected, and these are numbers")]
    [InlineData("a,b\n\"1,5\",2\n", "line 2, column 'a': '1,5' is no number. Numbers with a decimal comma need new CsvOptions { "
        + "DecimalComma = true }")]
    [InlineData("a,b\n1,2\n\n3,big\n", "line 4, column 'b': 'big' is no number. A column of words needs its categories")]
    [InlineData("a,b\n1,\"2\n3,4\n", "line 2: a quote is opened and never closed")]
    [InlineData("a,b\n1,\"2\"3\n3,4\n", "line 2: something stands between a closing quote")]
    [InlineData("a,b\n1,\n", "line 2, column 'b': there is no value. Fill it in")]
    [InlineData("a,b\n1,NaN\n", "line 2, column 'b' is NaN")]
    [InlineData("a,b\n1,1e300\n", "line 2, column 'b' is infinity")]
    public void What_can_not_be_read_is_named_by_line_and_column_with_what_to_do(string text, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["data.csv"], text);
        using var model = new Sequential([new Input([1]), new Dense(1)], seed: 1);
        model.Compile("sgd", "mse");

        Exception? exception = Record.Exception(() => model.Fit(Dataset.FromCsv(folder["data.csv"], "a", ["b"]), verbose: 0));

        Assert.True(exception is FormatException or ArgumentException, $"{exception}");
        Assert.Contains(message, exception.Message);
    }

    [Fact]
    public void A_word_that_is_no_category_is_named_with_the_nearest_one()
    {
        var options = new CsvOptions { Categories = new Dictionary<string, IReadOnlyList<string>> { ["a"] = ["small", "large"] } };
        Assert.Contains("line 2, column 'a': 'smal' is none of the column's categories. Did you mean 'small'?",
            Assert.Throws<FormatException>(() => Read("a,b\nsmal,1\n", ["a", "b"], options)).Message);
        var unknown = new CsvOptions { Categories = new Dictionary<string, IReadOnlyList<string>> { ["c"] = ["x"] } };
        Assert.Contains("has no column 'c'", Assert.Throws<ArgumentException>(() => Read("a,b\n1,1\n", ["a", "b"], unknown)).Message);
    }

    [Fact]
    public void A_file_in_UTF16_is_told_apart()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["data.csv"], "a,b\n1,2\n", Encoding.Unicode);
        Assert.Contains("UTF-16", Assert.Throws<FormatException>(() => Dataset.CategoriesInCsv(folder["data.csv"], "a")).Message);
    }

    [Fact]
    public void A_separator_that_can_not_be_told_from_the_values_is_refused()
    {
        Assert.Throws<ArgumentException>("options", () => Dataset.FromCsv("x.csv", null, options: new CsvOptions { Separator = '"' }));
        Assert.Throws<ArgumentException>("options",
            () => Dataset.FromCsv("x.csv", null, options: new CsvOptions { Separator = ',', DecimalComma = true }));
    }

    // A model that gives back what it is given shows what was read.
    private static float[] Read(string text, string[] features, CsvOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["data.csv"], text);
        using var model = new Sequential([new Input([features.Length]), new Rescaling(1)], seed: 1);
        model.Output = TextWriter.Null;
        return model.Predict(Dataset.FromCsv(folder["data.csv"], null, features, options: options), verbose: 0).ToArray();
    }
}
