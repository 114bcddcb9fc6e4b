using System.Text;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Data;

/// <summary>Variants of the CSV format.</summary>
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
    public void Line_endings_separators_byte_order_marks_quotes_and_spaces_are_handled(string text) =>
        Assert.Equal([1, 2, 3, 4], Read(text, ["a", "b"]));

    [Fact]
    public void A_quoted_field_may_hold_separators_quotes_and_line_ends() =>
        Assert.Equal(
            [1, 2, 3, 4, 5, 6],
            Read("a,\"b, \"\"best\"\"\",remark\n1,2,\"x,\"\"y\n\"\"z\n\"\n3,4,5\" pipe\n5,6,\"\"\n", ["a", "b, \"best\""]));

    [Fact]
    public void Columns_of_a_file_without_a_header_are_numbered() =>
        Assert.Equal([2, 1, 4, 3], Read("1,2\n3,4\n", ["1", "0"], new CsvOptions { HasHeader = false }));

    [Fact]
    public void Numeric_column_names_are_accepted_as_indices_or_with_HasHeader()
    {
        Assert.Equal([5, 6], Read("0,1\n5,6\n", ["0", "1"]));
        Assert.Equal([5, 6], Read("2020,2021\n5,6\n", ["2020", "2021"], new CsvOptions { HasHeader = true }));
    }

    [Fact]
    public void Decimal_commas_are_read_where_they_are_expected() =>
        Assert.Equal([1.5f, -0.25f, 3, 1000], Read("a;b\n1,5;-0,25\n3;1e3\n", ["a", "b"], new CsvOptions { DecimalComma = true }));

    [Fact]
    public void Missing_values_are_replaced_by_the_given_number() =>
        Assert.Equal([-1, 2, 3, -1, -1, -1], Read("a,b\n,2\n3,NA\nnan,null\n", ["a", "b"], new CsvOptions { Missing = -1 }));

    [Fact]
    public void Text_values_become_their_category_indices()
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
    [InlineData("1.5,2\n3,4\n", "line 1: expected a header, but these are numbers")]
    [InlineData("a,b\n\"1,5\",2\n", "line 2, column 'a': '1,5' is not a number. Numbers with a decimal comma need new CsvOptions { "
        + "DecimalComma = true }")]
    [InlineData("a,b\n1,2\n\n3,big\n", "line 4, column 'b': 'big' is not a number. For a column of words, pass new CsvOptions { "
        + "Categories = … }")]
    [InlineData("a,b\n1,\"2\n3,4\n", "line 2: a quote is never closed")]
    [InlineData("a,b\n1,\"2\"3\n3,4\n", "line 2: unexpected characters after a closing quote")]
    [InlineData("a,b\n1,\n", "line 2, column 'b': the value is missing. Fill it in")]
    [InlineData("a,b\n1,NaN\n", "line 2, column 'b' is NaN")]
    [InlineData("a,b\n1,1e300\n", "line 2, column 'b' is infinity")]
    public void Unreadable_values_are_named_by_line_and_column_with_a_remedy(string text, string message)
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
    public void An_unknown_category_is_named_with_the_nearest_one()
    {
        var options = new CsvOptions { Categories = new Dictionary<string, IReadOnlyList<string>> { ["a"] = ["small", "large"] } };
        Assert.Contains("line 2, column 'a': 'smal' is not one of the column's categories. Did you mean 'small'?",
            Assert.Throws<FormatException>(() => Read("a,b\nsmal,1\n", ["a", "b"], options)).Message);
        var unknown = new CsvOptions { Categories = new Dictionary<string, IReadOnlyList<string>> { ["c"] = ["x"] } };
        Assert.Contains("has no column 'c'", Assert.Throws<ArgumentException>(() => Read("a,b\n1,1\n", ["a", "b"], unknown)).Message);
    }

    [Fact]
    public void A_UTF16_file_is_detected()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["data.csv"], "a,b\n1,2\n", Encoding.Unicode);
        Assert.Contains("UTF-16", Assert.Throws<FormatException>(() => Dataset.CategoriesInCsv(folder["data.csv"], "a")).Message);
    }

    [Fact]
    public void A_separator_that_may_occur_in_values_is_refused()
    {
        Assert.Throws<ArgumentException>("options", () => Dataset.FromCsv("x.csv", null, options: new CsvOptions { Separator = '"' }));
        Assert.Throws<ArgumentException>("options",
            () => Dataset.FromCsv("x.csv", null, options: new CsvOptions { Separator = ',', DecimalComma = true }));
    }

    // An identity model returns the values that were read.
    private static float[] Read(string text, string[] features, CsvOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["data.csv"], text);
        using var model = new Sequential([new Input([features.Length]), new Rescaling(1)], seed: 1);
        model.Output = TextWriter.Null;
        return model.Predict(Dataset.FromCsv(folder["data.csv"], null, features, options: options), verbose: 0).ToArray();
    }
}
