using System.Text.RegularExpressions;

namespace Cairn.Tests.Documents;

public sealed class DocumentTests
{
    [Fact]
    public void The_blocks_of_the_README_compile_and_run_and_the_three_callbacks_act_in_them()
    {
        using var folder = new Saving.TemporaryFolder();
        var program = new DocumentProgram(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", "README.md")));

        string output = program.Run(folder.Folder);

        Assert.Contains("ReduceLROnPlateau reducing learning rate to", output);
        Assert.Contains("saving model to ./modelcheckpoint_test.h5", output);
        Assert.Contains(": early stopping", output);
        Assert.Contains("accuracy of the best model", output);
        Assert.True(File.Exists(folder["modelcheckpoint_test.h5"]));
    }

    [Fact]
    public void The_program_of_the_guide_to_callbacks_stops_itself_and_tells_why()
    {
        using var folder = new Saving.TemporaryFolder();
        var program = new DocumentProgram(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", "callbacks.md")));

        string output = program.Run(folder.Folder);

        Assert.Contains("StopBelow: loss is below 0.001", output);
        Assert.True(File.ReadLines(folder["log.csv"]).Count() is > 2 and < 100);
        Assert.Contains("warning: Could not reach RemoteMonitor root server at http://127.0.0.1:9", output);
        Assert.True(File.Exists(folder["averages.keras"]));
        Assert.All(new[] { "", "train", "validation" }, run => Assert.Single(EventFiles.EventReader.FilesIn(folder[Path.Combine("logs/first", run)])));
    }

    [Fact]
    public void The_program_of_the_guide_to_lost_runs_is_stopped_and_completes()
    {
        using var folder = new Saving.TemporaryFolder();
        var program = new DocumentProgram(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", "resume.md")));

        string output = program.Run(folder.Folder);

        Assert.Contains("stopped after 3 epochs", output);
        Assert.Contains("Going on from the backup backup/run-000008.backup (epoch 4, after batch 1)", output);
        Match complete = Regex.Match(output, "complete: ([0-9]+) epochs, ([0-9]+) rows in the log");
        Assert.Equal(complete.Groups[1].Value, complete.Groups[2].Value);
        Assert.False(Directory.Exists(folder["backup"]));
    }
}
