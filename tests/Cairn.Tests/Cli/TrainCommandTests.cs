using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Cairn.Callbacks;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Cli;

[Collection(nameof(CliCollection))]
public sealed class TrainCommandTests(TrainedDigits digits)
{
    [Fact]
    public void Training_writes_the_model_the_history_the_events_and_the_plot_and_nothing_else()
    {
        string[] names = [.. Directory.GetFiles(digits.Folder).Select(path => Path.GetFileName(path)!).Where(name => name != "again.png")
            .Order(StringComparer.Ordinal)];

        Assert.Equal(["best_model.h5", "classes.json", "history.csv", "history.events.json", "history.png", "history.settings.json"],
            names);
        foreach (string name in names)
        {
            Assert.Contains(digits[name], digits.Output);
        }

        Assert.Contains("E. Alpaydin and C. Kaynak, 1998", digits.Output);
        Assert.Contains("CC BY 4.0", digits.Output);
    }

    [Fact]
    public void The_plot_is_a_PNG_of_1200_by_1000()
    {
        byte[] png = File.ReadAllBytes(digits["history.png"]);

        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a], png[..8]);
        Assert.Equal(1200, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
        Assert.Equal(1000, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
    }

    [Fact]
    public void The_history_is_Keras_CSVLogger_s_and_holds_the_numbers_of_the_closing_table()
    {
        string[][] lines = [.. File.ReadLines(digits["history.csv"]).Select(line => line.Split(','))];

        Assert.Equal(["epoch", "accuracy", "learning_rate", "loss", "val_accuracy", "val_loss"], lines[0]);
        Assert.Equal(["0", "1", "2"], lines[1..].Select(line => line[0]));
        string[] best = lines[1..].MinBy(line => double.Parse(line[5], CultureInfo.InvariantCulture))!;
        Assert.Equal(["loss", best[5], best[5], "yes"], CommandResult.Row(digits.Output, "loss"));
        Assert.Equal(["accuracy", best[4], best[4], "yes"], CommandResult.Row(digits.Output, "accuracy"));
    }

    [Fact]
    public void Tables_in_a_file_have_no_escape_codes_and_their_lines_are_whole()
    {
        Assert.DoesNotContain('\u001b', digits.Output);
        foreach (string line in digits.Output.Split('\n').Where(line => line.StartsWith('│')))
        {
            Assert.EndsWith("│", line.TrimEnd('\r'));
        }

        Assert.Contains($"model saved to {digits.Model} (val_loss is ", digits.Output);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run_and_another_one_another()
    {
        using var folder = new TemporaryFolder();
        string[] same = Arguments("1"), other = Arguments("2");
        CommandResult.OutputOf(same);
        string first = File.ReadAllText(folder["history.csv"]);
        CommandResult.OutputOf(same);
        string again = File.ReadAllText(folder["history.csv"]);
        CommandResult.OutputOf(other);

        Assert.Equal(first, again);
        Assert.NotEqual(first, File.ReadAllText(folder["history.csv"]));

        string[] Arguments(string seed) => ["train", "--epochs", "1", "--batch-size", "256", "--seed", seed, "--out", folder.Folder];
    }

    [Fact]
    public void Continuing_appends_to_the_history_and_keeps_the_better_model()
    {
        using var folder = new TemporaryFolder();
        foreach (string file in Directory.GetFiles(digits.Folder))
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }

        byte[] model = File.ReadAllBytes(folder["best_model.h5"]);

        // The high rate makes the epoch worse, and the saved model stays.
        string output = CommandResult.OutputOf(
            "train", "--model", folder["best_model.h5"], "--initial-epoch", "3", "--epochs", "4", "--learning-rate", "1", "--out",
            folder.Folder);

        Assert.Equal(model, File.ReadAllBytes(folder["best_model.h5"]));
        Assert.Equal(["0", "1", "2", "3"], File.ReadLines(folder["history.csv"]).Skip(1).Select(line => line.Split(',')[0]));
        Assert.StartsWith(File.ReadAllText(digits["history.csv"]), File.ReadAllText(folder["history.csv"]), StringComparison.Ordinal);
        Assert.Equal(CommandResult.Row(digits.Output, "loss")[1], CommandResult.Row(output, "val_loss before this training")[1]);
    }

    [Fact]
    public void Callbacks_come_from_a_file_in_Keras_form()
    {
        using var folder = new TemporaryFolder();
        string saved = folder["models/{epoch}.h5"];
        File.WriteAllText(
            folder["callbacks.json"],
            $$$"""
            [{"class_name": "ModelCheckpoint", "config": {"filepath": {{{JsonSerializer.Serialize(saved)}}}}},
             {"module": "keras.callbacks", "class_name": "EarlyStopping", "config": {"monitor": "val_loss", "min_delta": 100, "patience": 1}, "registered_name": null}]
            """);

        string output = CommandResult.OutputOf("train", "--callbacks", folder["callbacks.json"], "--epochs", "5", "--batch-size", "128",
            "--out", folder["run"]);

        // min_delta 100 lets no epoch count as better than the first: it stops after the second.
        Assert.Equal("2 of 5", CommandResult.Row(output, "epochs run")[1]);
        Assert.True(File.Exists(folder["models/1.h5"]) && File.Exists(folder["models/2.h5"]));
        Assert.False(File.Exists(folder["run/best_model.h5"]));
        TrainingEvent[] events = History.Load(folder["run/history.csv"]).Events.ToArray();
        Assert.Equal([EventKind.ModelSaved, EventKind.ModelSaved, EventKind.TrainingStopped], events.Select(one => one.Kind));
        Assert.Equal("yes", CommandResult.Row(output, "loss")[3]);
    }

    [Fact]
    public void Without_a_callback_that_saves_the_trained_model_is_saved_at_the_end()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["none.json"], "[]");

        CommandResult.OutputOf("train", "--callbacks", folder["none.json"], "--epochs", "1", "--batch-size", "256", "--out", folder["run"]);

        using var model = Model.Load(folder["run/final_model.h5"]);
        Assert.True(model.Compiled);
    }
}
