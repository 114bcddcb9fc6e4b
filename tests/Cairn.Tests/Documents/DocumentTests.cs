using System.Text.RegularExpressions;

namespace Cairn.Tests.Documents;

public sealed class DocumentTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("README.ko.md")]
    public void The_blocks_of_the_README_compile_and_run_and_the_three_callbacks_act_in_them(string file)
    {
        using var folder = new Saving.TemporaryFolder();
        var program = new DocumentProgram(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", file)));

        string output = program.Run(folder.Folder);

        Assert.Contains("ReduceLROnPlateau reducing learning rate to", output);
        Assert.Contains("saving model to ./modelcheckpoint_test.h5", output);
        Assert.Contains(": early stopping", output);
        Assert.Contains("accuracy of the best model", output);
        Assert.True(File.Exists(folder["modelcheckpoint_test.h5"]));
    }

    [Theory]
    [InlineData("callbacks.md")]
    [InlineData("callbacks.ko.md")]
    public void The_program_of_the_callback_guide_stops_itself_and_records_why(string file)
    {
        using var folder = new Saving.TemporaryFolder();
        var program = new DocumentProgram(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", file)));

        string output = program.Run(folder.Folder);

        Assert.Contains("StopBelow: loss is below 0.001", output);
        Assert.True(File.ReadLines(folder["log.csv"]).Count() is > 2 and < 100);
        Assert.Contains("warning: Could not reach RemoteMonitor root server at http://127.0.0.1:9", output);
        Assert.All(
            new[] { "averages.keras", "in_time.keras", "learning_rates.png", "history.json", "history.png", "runs.png" },
            file => Assert.True(File.Exists(folder[file]), file));
        Assert.Matches(@"suggested learning rate: \d", output);
        Assert.Contains("Epoch 3: UnfreezeLayers: base unfrozen, 16 more trainable parameters", output);
        Assert.Matches(@"\d+\.\d{4}, \d+ MB, \d+ samples/s", output);
        Assert.Contains("cairn.fit took ", output);
        Assert.All(new[] { "", "train", "validation" },
            run => Assert.Single(EventFiles.EventReader.FilesIn(folder[Path.Combine("logs/first", run)])));
    }

    [Fact]
    public void The_program_of_the_readme_in_the_package_trains_and_loads_the_best_model()
    {
        using var folder = new Saving.TemporaryFolder();
        var program = new DocumentProgram(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", "package.md")));

        string output = program.Run(folder.Folder);

        Assert.Matches(@"^\d+ epochs, accuracy \d+", output);
        Assert.True(File.Exists(folder["best.keras"]));
    }

    [Fact]
    public void The_program_of_the_file_guide_loads_skips_and_refuses_as_described()
    {
        using var folder = new Saving.TemporaryFolder();
        var program = new DocumentProgram(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", "files.md")));

        string output = program.Run(folder.Folder);

        Assert.Contains("left out: The layer 'classes' was not loaded", output);
        Assert.Contains("factor 0.5\nfactor 1\n", output);
        Assert.Contains("the layer class 'Scale'", output);
        Assert.True(File.Exists(folder["model.safetensors"]));
    }

    [Fact]
    public void The_program_of_the_guide_to_custom_training_learns_at_every_level()
    {
        using var folder = new Saving.TemporaryFolder();
        var program = new DocumentProgram(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", "your-own-training.md")));

        string output = program.Run(folder.Folder);

        Assert.Equal("fit: True\nstep: True\nloop: True\ngradients: 16 and 4\ncopy: True\n", output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void The_program_of_the_resume_guide_is_stopped_and_completes()
    {
        using var folder = new Saving.TemporaryFolder();
        var program = new DocumentProgram(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", "resume.md")));

        string output = program.Run(folder.Folder);

        Assert.Contains("stopped after 3 epochs", output);
        Assert.Contains("Resuming from the backup backup/run-000008.backup (epoch 4, after batch 1)", output);
        Match complete = Regex.Match(output, "complete: ([0-9]+) epochs, ([0-9]+) rows in the log");
        Assert.Equal(complete.Groups[1].Value, complete.Groups[2].Value);
        Assert.False(Directory.Exists(folder["backup"]));
    }
}
