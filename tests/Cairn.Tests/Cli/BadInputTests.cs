using Cairn.Tests.Saving;

namespace Cairn.Tests.Cli;

[Collection(nameof(CliCollection))]
public sealed class BadInputTests(TrainedDigits digits)
{
    [Theory]
    [InlineData("a,b,c\n1,2,3\n4,x,6\n", "line 3, column 'b': 'x' is not a finite number")]
    [InlineData("a,b,c\n1,2,3\n4,,6\n", "line 3, column 'b': the value is missing")]
    [InlineData("a,b,c\n1,2,3\n\n4,5\n", "line 4: 2 values, but the header has 3 columns")]
    [InlineData("a,b,a\n1,2,3\n", "line 1: two columns are named 'a'")]
    [InlineData("1,2,3\n4,5,6\n", "line 1: a header with column names is needed")]
    [InlineData("a,b,c\n", "has a header but no rows")]
    [InlineData("a,b,c\n1,2,\"3\n", "line 2 is not valid CSV: a quote is never closed")]
    [InlineData("", "is empty")]
    [InlineData("a,b,c\n1,nan,3\n", "line 2, column 'b': 'nan' is not a finite number")]
    public void A_table_that_does_not_fit_is_named_by_line_and_column(string table, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["table.csv"], table);

        Refused(1, message, "train", "--data", folder["table.csv"], "--out", folder["run"]);

        Assert.False(Directory.Exists(folder["run"]));
    }

    [Theory]
    [InlineData("host must be \"localhost\", or the IP address to listen on", "serve", ".", "--host", "example.com")]
    [InlineData("host must be \"localhost\", or the IP address to listen on", "serve", ".", "--host", "")]
    [InlineData("there is no folder 'no'", "serve", "no")]
    public void A_page_that_cannot_be_served_is_one_line(string message, params string[] arguments) => Refused(1, message, arguments);

    [Fact]
    public void A_report_with_another_extension_is_one_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["h.csv"], "epoch,loss\n0,1\n");

        Refused(1, "The path of a report must end in '.html' or '.htm'", "report", folder["h.csv"], "-o", folder["x.txt"]);
    }

    [Fact]
    public void An_unknown_column_is_named_with_the_nearest_one()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["table.csv"], "width,height,price\n1,2,3\n");

        Refused(1, "has no column 'prize' (--target). Did you mean 'price'?", "train", "--data", folder["table.csv"], "--target", "prize");
    }

    [Fact]
    public void Text_targets_cannot_be_used_for_regression()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["table.csv"], "a,b\n1,2\n3,red\n");

        Refused(1, "line 3, column 'b': 'red' is not a finite number, which regression needs", "train", "--data", folder["table.csv"],
            "--task", "regression");
    }

    [Theory]
    [InlineData("there is no file 'no.csv'", "train", "--data", "no.csv")]
    [InlineData("there is no file 'no.h5'", "train", "--model", "no.h5")]
    [InlineData("there is no file 'no.h5'", "evaluate", "no.h5")]
    [InlineData("there is no file 'no.h5'", "inspect", "no.h5")]
    [InlineData("there is no file 'no.csv'", "plot", "no.csv")]
    [InlineData("there is no file 'no.json' (--callbacks)", "train", "--callbacks", "no.json")]
    [InlineData("--data 'x.npy' needs --target FILE.npy", "train", "--data", "x.npy")]
    public void A_missing_file_is_one_line_on_standard_error(string message, params string[] arguments) => Refused(1, message, arguments);

    [Theory]
    [InlineData("--epochs is '0'; it must be an integer greater than or equal to 1", "train", "--epochs", "0")]
    [InlineData("--validation-split is '1'", "train", "--validation-split", "1")]
    [InlineData("Cannot parse argument 'x' for option '--batch-size'", "train", "--batch-size", "x")]
    [InlineData("Did you mean 'adam'?", "train", "--optimizer", "adm")]
    [InlineData("Argument 'loud' not recognized", "train", "--verbose", "loud")]
    [InlineData("--output is 'x.txt'; it must end in .npy or .csv", "predict", "m.h5", "--input", "x.csv", "--output", "x.txt")]
    [InlineData("Unrecognized command or argument 'tarin'", "tarin")]
    public void An_invalid_command_line_has_its_own_exit_code(string message, params string[] arguments)
    {
        var result = CommandResult.Of(arguments);

        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error);
        Assert.Contains("--help", result.Error);
    }

    [Fact]
    public void An_unknown_callback_is_named_with_its_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["callbacks.json"], """[{"class_name": "EarlyStoping", "config": {}}]""");

        Refused(1, "EarlyStopping", "train", "--callbacks", folder["callbacks.json"], "--out", folder["run"]);
    }

    [Fact]
    public void Rows_of_the_wrong_shape_are_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["rows.csv"], "a,b\n1,2\n");

        Refused(1, "needs rows of shape (64,); those of", "predict", digits.Model, "--input", folder["rows.csv"], "--output",
            folder["out.npy"]);

        Assert.False(File.Exists(folder["out.npy"]));
    }

    [Fact]
    public void A_damaged_model_is_refused_and_stays_as_it_is()
    {
        using var folder = new TemporaryFolder();
        byte[] cut = File.ReadAllBytes(digits.Model)[..2000];
        File.WriteAllBytes(folder["cut.h5"], cut);

        Refused(1, "cut.h5", "train", "--model", folder["cut.h5"], "--out", folder["run"]);

        Assert.Equal(cut, File.ReadAllBytes(folder["cut.h5"]));
    }

    private static void Refused(int code, string message, params string[] arguments)
    {
        var result = CommandResult.Of(arguments);

        Assert.Equal(code, result.Code);
        Assert.Contains(message, result.Error);
        Assert.StartsWith("cairn: ", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
