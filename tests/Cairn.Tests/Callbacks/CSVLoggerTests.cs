using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

/// <summary>The files of Keras' CSVLogger: what Python's <c>csv</c> module writes for the same rows.</summary>
public sealed class CSVLoggerTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("csv");
    private readonly StringWriter error = new();

    private string Log => Path.Combine(folder.FullName, "run", "log.csv");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Columns_are_sorted_numbers_are_Pythons_and_what_is_not_there_is_NA()
    {
        Train(
            new CSVLogger(Log),
            new() { ["val_loss"] = 1e-05, ["loss"] = 0.1, ["acc"] = 1 },
            new() { ["loss"] = double.NaN, ["val_loss"] = double.PositiveInfinity, ["late"] = 3 });
        Assert.Equal("epoch,acc,loss,val_loss\r\n0,1.0,0.1,1e-05\r\n1,NA,nan,inf\r\n", File.ReadAllText(Log));
        Assert.Equal((byte)'e', File.ReadAllBytes(Log)[0]);
    }

    [Fact]
    public void Without_validation_in_the_first_epoch_its_columns_are_reserved()
    {
        Train(new CSVLogger(Log), new() { ["loss"] = 0.5, ["acc"] = 0.25 }, new() { ["loss"] = 0.5, ["acc"] = 0.25, ["val_loss"] = 2 });
        Assert.Equal("epoch,acc,loss,val_acc,val_loss\r\n0,0.25,0.5,NA,NA\r\n1,0.25,0.5,NA,2.0\r\n", File.ReadAllText(Log));
    }

    [Theory]
    [InlineData(".", "a\"b", "epoch.\"a\"\"b\".\"val_a\"\"b\"\r\n0.\"0.5\".NA\r\n")]
    [InlineData(";", "a;b", "epoch;\"a;b\";\"val_a;b\"\r\n0;0.5;NA\r\n")]
    [InlineData("\t", "a b", "epoch\ta b\tval_a b\r\n0\t0.5\tNA\r\n")]
    public void Only_ambiguous_values_are_quoted(string separator, string name, string expected)
    {
        Train(new CSVLogger(Log, separator), new Dictionary<string, double> { [name] = 0.5 });
        Assert.Equal(expected, File.ReadAllText(Log));
    }

    [Fact]
    public void Every_row_is_in_the_file_when_its_epoch_has_ended()
    {
        var seen = new List<int>();
        using var model = TinyModel.Create();
        var list = new CallbackList(
            [new CSVLogger(Log), new LambdaCallback(onEpochEnd: (_, _) => seen.Add(File.ReadAllLines(Log).Length))], model);
        list.OnTrainBegin();
        Assert.Equal("", File.ReadAllText(Log));
        for (int epoch = 0; epoch < 3; epoch++)
        {
            list.OnEpochEnd(epoch, new Logs([new("loss", 1)]));
        }

        Assert.Equal([2, 3, 4], seen);
    }

    [Fact]
    public void A_second_training_replaces_the_file_or_appends_to_it()
    {
        var replace = new CSVLogger(Log);
        Train(replace, new Dictionary<string, double> { ["loss"] = 1, ["val_loss"] = 2 });
        Train(replace, new Dictionary<string, double> { ["loss"] = 3, ["val_loss"] = 4 });
        Assert.Equal("epoch,loss,val_loss\r\n0,3.0,4.0\r\n", File.ReadAllText(Log));
        var append = new CSVLogger(Log, append: true);
        History history = Train(append, new Dictionary<string, double> { ["loss"] = 5, ["val_loss"] = 6 });
        Assert.Equal("epoch,loss,val_loss\r\n0,3.0,4.0\r\n0,5.0,6.0\r\n", File.ReadAllText(Log));
        Assert.Equal(
            new TrainingEvent(0, null, "CSVLogger", EventKind.LogStarted, null, null, $"appending every epoch to {Log}", Log),
            Assert.Single(history.Events));

        // Appending to a missing or empty file starts with the header.
        File.WriteAllText(Log, "");
        Train(append, new Dictionary<string, double> { ["loss"] = 7, ["val_loss"] = 8 });
        File.Delete(Log);
        Train(append, new Dictionary<string, double> { ["loss"] = 7, ["val_loss"] = 8 });
        Assert.Equal("epoch,loss,val_loss\r\n0,7.0,8.0\r\n", File.ReadAllText(Log));
        Assert.Equal("", error.ToString());
    }

    [Fact]
    public void An_unfinished_row_stays_by_itself_and_other_columns_are_warned_about()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Log)!);
        File.WriteAllText(Log, "epoch,acc\r\n0,0.");
        Train(new CSVLogger(Log, append: true), new Dictionary<string, double> { ["loss"] = 1, ["val_loss"] = 2 });
        Assert.Equal("epoch,acc\r\n0,0.\r\n0,1.0,2.0\r\n", File.ReadAllText(Log));
        Assert.Contains("but its columns are 'epoch,acc' and this run logs 'epoch,loss,val_loss'", error.ToString());
    }

    [Fact]
    public void In_a_real_training_the_rows_are_those_of_the_history()
    {
        using var model = TinyModel.Create();
        var x = NDArray.From(new float[] { 0, 1, 1, 0, 1, 1, 0, 0 }, [4, 2]);
        var y = NDArray.From(new float[] { 1, 2, 3, 0 }, [4, 1]);
        History history = model.Fit(x, y, epochs: 3, initialEpoch: 1, verbose: 0, validationSplit: 0.25, callbacks: [new CSVLogger(Log)]);
        var rows = File.ReadAllLines(Log).Select(row => row.Split(',')).ToList();
        Assert.Equal(["epoch", "accuracy", "loss", "mae", "val_accuracy", "val_loss", "val_mae"], rows[0]);
        Assert.Equal(["1", "2"], rows.Skip(1).Select(row => row[0]));
        for (int column = 1; column < rows[0].Length; column++)
        {
            Assert.Equal(history[rows[0][column]],
                rows.Skip(1).Select(row => double.Parse(row[column], System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("||")]
    [InlineData("\n")]
    [InlineData("\"")]
    public void An_invalid_separator_is_refused(string separator)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => new CSVLogger("log.csv", separator));
        Assert.Equal("separator", refused.ParamName);
        Assert.Contains("one character", refused.Message);
    }

    [Fact]
    public void A_folder_in_the_place_of_the_file_is_noticed_before_the_first_epoch()
    {
        Directory.CreateDirectory(Log);
        Assert.Contains("it is a folder", Assert.Throws<IOException>(() => Train(new CSVLogger(Log))).Message);
    }

    [Fact]
    public void It_survives_JSON()
    {
        CSVLogger read = Assert.IsType<CSVLogger>(
            CallbackSerialization.Deserialize(CallbackSerialization.Serialize(new CSVLogger("a/b.csv", ";", append: true))));
        Assert.Equal(("a/b.csv", ";", true), (read.FileName, read.Separator, read.Append));
        read = Assert.IsType<CSVLogger>(
            CallbackSerialization.DeserializeList("""[{"class_name": "CSVLogger", "config": {"filename": "x.csv"}}]""")[0]);
        Assert.Equal(("x.csv", ",", false), (read.FileName, read.Separator, read.Append));
    }

    private History Train(CSVLogger logger, params Dictionary<string, double>[] epochs)
    {
        using var model = TinyModel.Create();
        var list = new CallbackList([logger], model, new CallbackParams { Output = TextWriter.Null, Error = error }, addHistory: true);
        list.OnTrainBegin();
        for (int epoch = 0; epoch < epochs.Length; epoch++)
        {
            list.OnEpochBegin(epoch);
            list.OnEpochEnd(epoch, new Logs(epochs[epoch]));
        }

        list.OnTrainEnd();
        return list.History!;
    }
}
