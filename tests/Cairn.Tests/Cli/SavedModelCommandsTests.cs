using System.Globalization;

namespace Cairn.Tests.Cli;

[Collection(nameof(CliCollection))]
public sealed class SavedModelCommandsTests(TrainedDigits digits)
{
    [Fact]
    public void Evaluate_gives_the_numbers_that_training_ended_with()
    {
        string output = CommandResult.OutputOf("evaluate", digits.Model, "--validation-split", "0.2");

        Assert.Contains("the last 360 rows", output);
        Assert.Equal(CommandResult.Row(digits.Output, "loss")[1], CommandResult.Row(output, "loss")[1]);
        Assert.Equal(CommandResult.Row(digits.Output, "accuracy")[1], CommandResult.Row(output, "accuracy")[1]);
    }

    [Fact]
    public void Inspect_shows_layers_optimizer_and_the_value_the_model_was_saved_for()
    {
        string output = CommandResult.OutputOf("inspect", digits.Model);

        // 3 · 3 · 32 · 64 weights of the second convolution, without bias.
        Assert.Equal(["conv2d_1", "Conv2D", "(None, 8, 8, 64)", "18,432", "yes"], CommandResult.Row(output, "conv2d_1"));
        Assert.Equal("Adam", CommandResult.Row(output, "class")[1]);
        Assert.Equal("0.0010000000474974513", CommandResult.Row(output, "learning_rate")[1]);
        Assert.Equal("accuracy", CommandResult.Row(output, "metrics")[1]);
        Assert.StartsWith(CommandResult.Row(digits.Output, "loss")[1], CommandResult.Row(output, "monitored value")[1],
            StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_reads_an_architecture_too()
    {
        using var folder = new Saving.TemporaryFolder();
        using (var model = Model.Load(digits.Model))
        {
            File.WriteAllText(folder["model.json"], model.ToJson());
        }

        string output = CommandResult.OutputOf("inspect", folder["model.json"]);

        Assert.Contains("75,754 parameters, 75,370 of them trainable", output);
        Assert.Contains("not compiled", output);
    }

    [Fact]
    public void Predict_writes_the_most_likely_class_and_all_probabilities()
    {
        using var folder = new Saving.TemporaryFolder();
        string[] columns = [.. Enumerable.Range(0, 64).Select(index => string.Create(CultureInfo.InvariantCulture, $"p{index}"))];
        File.WriteAllLines(folder["rows.csv"], [string.Join(',', columns), string.Join(',', Enumerable.Repeat("3", 64))]);

        CommandResult.OutputOf("predict", digits.Model, "--input", folder["rows.csv"], "--output", folder["out.csv"]);

        string[][] lines = [.. File.ReadLines(folder["out.csv"]).Select(line => line.Split(','))];
        Assert.Equal(["predicted", "p(0)", "p(1)", "p(2)", "p(3)", "p(4)", "p(5)", "p(6)", "p(7)", "p(8)", "p(9)"], lines[0]);
        double[] probabilities = [.. lines[1].Skip(1).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        Assert.Equal(1, probabilities.Sum(), 5);
        Assert.Equal(probabilities.Max(), probabilities[int.Parse(lines[1][0], CultureInfo.InvariantCulture)]);
    }

    [Fact]
    public void Plot_draws_a_history_again_and_also_without_events()
    {
        using var folder = new Saving.TemporaryFolder();
        File.WriteAllText(folder["log.csv"], "epoch,loss,val_loss\n0,1.5,nan\n1,1.25,NA\n2,1e-05,0.5\n");

        string again = CommandResult.OutputOf("plot", digits["history.csv"], "-o", folder["again.png"], "--width", "640",
            "--height", "480");
        string plain = CommandResult.OutputOf("plot", folder["log.csv"]);

        Assert.Contains("3 epochs", again);
        Assert.Contains("3 epochs and 0 events", plain);
        Assert.True(new FileInfo(folder["again.png"]).Length > 10_000);
        Assert.True(new FileInfo(folder["log.png"]).Length > 10_000);
    }

    [Fact]
    public void Plot_draws_several_runs_side_by_side()
    {
        using var folder = new Saving.TemporaryFolder();
        foreach (string run in new[] { "a", "b" })
        {
            Directory.CreateDirectory(folder[run]);
            File.Copy(digits["history.csv"], folder[$"{run}/history.csv"]);
        }

        string drawn = CommandResult.OutputOf("plot", folder["a/history.csv"], folder["b/history.csv"], "--height", "600");

        Assert.Contains($"6 epochs and 0 events plotted to {folder["a/runs.png"]}", drawn);
        using var picture = SkiaSharp.SKBitmap.Decode(folder["a/runs.png"]);
        Assert.Equal((1600, 600), (picture.Width, picture.Height));
        Assert.Contains("--title is for one history",
            CommandResult.Of("plot", folder["a/history.csv"], folder["b/history.csv"], "--title", "x").Error);
    }

    [Fact]
    public void A_file_that_is_no_history_is_not_plotted()
    {
        using var folder = new Saving.TemporaryFolder();
        File.WriteAllText(folder["log.csv"], "a,b\n1,2\n");

        var result = CommandResult.Of("plot", folder["log.csv"]);

        Assert.Equal(1, result.Code);
        Assert.Contains("whose first column is 'epoch'", result.Error);
        Assert.False(File.Exists(folder["log.png"]));
    }
}
