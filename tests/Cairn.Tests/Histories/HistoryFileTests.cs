using Cairn.Callbacks;
using Cairn.Saving;
using CsCheck;

namespace Cairn.Tests.Callbacks;

public sealed class HistoryFileTests
{
    [Theory]
    [InlineData("a/history.json")]
    [InlineData("a/history.csv")]
    public void Saved_models_are_loaded_unchanged(string name)
    {
        using var folder = new Saving.TemporaryFolder();
        History history = Sample();
        history.Save(folder[name]);
        AssertSame(history, History.Load(folder[name]));
    }

    [Fact]
    public void Any_number_survives_both_files()
    {
        using var folder = new Saving.TemporaryFolder();
        Gen.Double.Array[1, 8].Sample(
            losses =>
            {
                var history = History.Of(
                    Enumerable.Range(3, losses.Length),
                    [new("loss", [.. losses]),
                        new("odd, \"name\"\n", [.. losses.Select((loss, index) => index % 2 == 0 ? loss : (double?)null)])], []);
                foreach (string? file in new[] { folder["h.json"], folder["h.csv"] })
                {
                    history.Save(file);
                    var read = History.Load(file);
                    AssertSame(history, read);
                    Assert.Equal(losses.Select(BitConverter.DoubleToInt64Bits), read["loss"].Select(BitConverter.DoubleToInt64Bits));
                }
            },
            iter: 50,
            threads: 1);
    }

    [Theory]
    [InlineData("Path")]
    [InlineData("Kind")]
    public void A_saved_event_with_a_value_of_another_kind_is_an_invalid_state(string property)
    {
        var history = new History();
        SavedState state = history.SaveState()!;
        state.Values["events"] = new System.Text.Json.Nodes.JsonArray(
            new System.Text.Json.Nodes.JsonObject { ["Epoch"] = 0, ["Callback"] = "EarlyStopping", ["Message"] = "stopped", [property] = 4.5 });
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => new History().LoadState(state));
        Assert.Contains("events", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_validation_of_every_second_epoch_stays_with_its_epochs()
    {
        History history = Sample();
        Assert.Equal([0.5, 0.25], history["val_loss"]);
        Assert.Equal([double.NaN, 0.5, double.NaN, 0.25], history.Column("val_loss"));
        Assert.Contains("Did you mean 'val_loss'?", Assert.Throws<KeyNotFoundException>(() => history.Column("val_los")).Message);

        // The state of a run contains them too.
        var restored = new History();
        restored.LoadState(history.SaveState()!);
        AssertSame(history, restored);
    }

    [Fact]
    public void Settings_are_kept_next_to_a_CSV_file_as_they_are_in_a_JSON_file()
    {
        using var folder = new Saving.TemporaryFolder();
        var settings = new Dictionary<string, string> { ["optimizer"] = "Adam", ["learning_rate"] = "0.001", ["odd \"name\""] = "é\n" };
        var history = History.Of([0], [new("loss", [0.5])], [], settings);
        foreach (string file in (string[])[folder["h.json"], folder["h.csv"]])
        {
            history.Save(file);
            Assert.Equal(settings, History.Load(file).Settings);
        }

        // Written by another program.
        File.WriteAllText(folder["h.settings.json"], "{\"units\": 32, \"shuffle\": true, \"nested\": {}, \"none\": null, \"name\": \"x\"}");
        Assert.Equal(new Dictionary<string, string> { ["units"] = "32", ["shuffle"] = "true", ["name"] = "x" },
            History.Load(folder["h.csv"]).Settings);
        File.WriteAllText(folder["h.settings.json"], "[]");
        Assert.Contains("h.settings.json", Assert.Throws<ModelFormatException>(() => History.Load(folder["h.csv"])).Message);
    }

    [Fact]
    public void The_values_are_those_of_a_CSVLogger_byte_for_byte()
    {
        using var folder = new Saving.TemporaryFolder();
        PlayedTraining training = new PlayedTraining([new CSVLogger(folder["log.csv"]), new ReduceLROnPlateau("loss", patience: 1)],
            learningRate: 0.1)
            .Run([[("loss", 0.1), ("val_loss", double.NaN)], [("loss", 1e-7), ("val_loss", 2)],
            [("loss", 5), ("val_loss", double.NegativeInfinity)]]);

        // The logger comes before the callback that adds the rate.
        History history = training.History;
        History.Of(history.Epochs, history.Keys.Where(key => key != "learning_rate")
            .Select(key => KeyValuePair.Create(key, (IReadOnlyList<double?>)history.ColumnWithGaps(key))), [])
            .Save(folder["history.csv"]);
        Assert.Equal(File.ReadAllBytes(folder["log.csv"]), File.ReadAllBytes(folder["history.csv"]));
        Assert.Equal(history["val_loss"], History.Load(folder["log.csv"])["val_loss"]);
    }

    [Theory]
    [InlineData("epoch;loss;val_loss\n0;1.5;nan\n1;1.25;NA\n\n2;1e-05;")]
    [InlineData("epoch\tloss\tval_loss\r0\t1.5\tnan\r1\t1.25\tNA\r2\t1e-05\t\r")]
    [InlineData("\ufeff\"epoch\",\"loss\",\"val_loss\"\r\n0,\"1.5\",nan\r\n1,1.25,NA\r\n2,1e-05,\r\n")]
    public void CSV_files_of_others_are_read(string text)
    {
        using var folder = new Saving.TemporaryFolder();
        File.WriteAllText(folder["log.csv"], text);
        var history = History.Load(folder["log.csv"]);
        Assert.Equal([0, 1, 2], history.Epochs);
        Assert.Equal([1.5, 1.25, 1e-5], history["loss"]);
        Assert.Equal([double.NaN], history["val_loss"]);
        Assert.Empty(history.Events);
    }

    [Theory]
    [InlineData("h.csv", "a,b\n1,2\n", "whose first column is 'epoch'")]
    [InlineData("h.csv", "", "whose first column is 'epoch'")]
    [InlineData("h.csv", "epochs,b\n1,2\n", "whose first column is 'epoch'")]
    [InlineData("h.csv", "epoch,b,b\n1,2,3\n", "two columns have the name 'b'")]
    [InlineData("h.csv", "epoch,b\n0,1\n1\n", "at 'line 3': the row has 1 cells; the header has 2")]
    [InlineData("h.csv", "epoch,b\n-1,1\n", "'-1' is not an epoch index")]
    [InlineData("h.csv", "epoch,b\n0,x\n", "at 'line 2, column 'b'': 'x' is not a number")]
    [InlineData("h.csv", "epoch,b\n0,\"1\n", "a quote is never closed")]
    [InlineData("h.csv", "epoch,b\n0,\"1\"2\n", "unexpected characters after a closing quote")]
    [InlineData("h.csv", "epoch,b\n0,1e999\n", "'1e999' is not a number")]
    [InlineData("h.json", "[]", "expected a JSON object")]
    [InlineData("h.json", "{", "invalid JSON")]
    [InlineData("h.json", "{\"epochs\": [0]}", "an object 'metrics'")]
    [InlineData("h.json", "{\"epochs\": 3, \"metrics\": {}}", "at 'epochs': expected a list")]
    [InlineData("h.json", "{\"epochs\": [-1], \"metrics\": {}}", "at 'epochs[0]'")]
    [InlineData("h.json", "{\"epochs\": [0.5], \"metrics\": {}}", "found 0.5")]
    [InlineData("h.json", "{\"epochs\": [0], \"metrics\": {\"loss\": [1, 2]}}", "2 values for 1 epochs")]
    [InlineData("h.json", "{\"epochs\": [0], \"metrics\": {\"loss\": [\"one\"]}}", "expected a number; found \"one\"")]
    [InlineData("h.json", "{\"epochs\": [], \"metrics\": {}, \"events\": [3]}", "not a list of events")]
    [InlineData("h.json", "{\"epochs\": [], \"metrics\": {}, \"events\": [{\"epoch\": 1}]}", "at 'events[0]': an event needs an epoch")]
    [InlineData("h.json", "{\"epochs\": [], \"metrics\": {}, \"events\": [null]}", "at 'events[0]'")]
    public void Files_that_are_not_histories_are_refused_with_the_position(string name, string text, string expected)
    {
        using var folder = new Saving.TemporaryFolder();
        File.WriteAllText(folder[name], text);
        Assert.Contains(expected, Assert.Throws<ModelFormatException>(() => History.Load(folder[name])).Message);
    }

    [Fact]
    public void Invalid_events_next_to_a_CSV_file_are_reported_and_a_wrong_name_is_an_argument_error()
    {
        using var folder = new Saving.TemporaryFolder();
        File.WriteAllText(folder["h.csv"], "epoch,loss\n0,1\n");
        File.WriteAllText(folder["h.events.json"], "{}");
        Assert.Contains("h.events.json", Assert.Throws<ModelFormatException>(() => History.Load(folder["h.csv"])).Message);
        Assert.Throws<FileNotFoundException>(() => History.Load(folder["no.json"]));
        Assert.Contains("'.json' or '.csv'", Assert.Throws<ArgumentException>(() => new History().Save("history.txt")).Message);
        Assert.Throws<ArgumentException>(() => History.Load("history"));
    }

    [Fact]
    public void A_resumed_run_continues_its_history()
    {
        History first = Sample();
        History second = new PlayedTraining([], initialEpoch: 2).Run(9, 8).History;
        History whole = first.ContinuedBy(second, 2);
        Assert.Equal([0, 1, 2, 3], whole.Epochs);
        Assert.Equal([4.0, 3, 9, 8], whole["loss"]);
        Assert.Equal([double.NaN, 0.5, double.NaN, double.NaN], whole.Column("val_loss"));
        Assert.Equal([1], whole.Events.Select(happened => happened.Epoch));
    }

    private static History Sample()
    {
        var training = new PlayedTraining([new Speaker()]);
        training.Run([[("loss", 4)], [("loss", 3), ("val_loss", 0.5)], [("loss", double.PositiveInfinity)],
            [("loss", 1.0 / 3), ("val_loss", 0.25)]]);
        return training.History;
    }

    private static void AssertSame(History expected, History actual)
    {
        Assert.Equal(expected.Epochs, actual.Epochs);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach (string key in expected.Keys)
        {
            Assert.Equal(expected.ColumnWithGaps(key), actual.ColumnWithGaps(key));
        }

        Assert.Equal(expected.Events, actual.Events);
    }

    private sealed class Speaker : Callback
    {
        public override void OnEpochEnd(int epoch, Logs logs)
        {
            if (epoch is 1 or 3)
            {
                Record("said \"é\"", "한국어\n<line>", double.NaN, epoch, "a/b.keras");
            }
        }
    }
}
