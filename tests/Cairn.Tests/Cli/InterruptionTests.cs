using System.Diagnostics;
using System.Globalization;
using Cairn.Callbacks;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Cli;

[Collection(nameof(CliCollection))]
public sealed class InterruptionTests
{
    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_stops_training_with_complete_files_and_shows_how_to_continue(string signal, int code)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sends POSIX signals");
        using var folder = new TemporaryFolder();
        using Process process = CliProcess.Start("train", "--out", folder.Folder, "--seed", "5");
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = new List<string>();
        // When the second epoch begins, the first one has ended and its model is saved.
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            output.Add(line);
            if (line == "Epoch 2/60")
            {
                Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
            }
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(code, process.ExitCode);
        Assert.Contains("stopping after the current batch", await error);
        string closing = string.Join('\n', output);
        Assert.StartsWith("interruption: training was interrupted", CommandResult.Row(closing, "ended by")[1], StringComparison.Ordinal);
        Assert.Equal("yes", CommandResult.Row(closing, "loss")[3]);
        Assert.StartsWith(
            $"  cairn train --out {folder.Folder} --seed 5 --model {folder["best_model.h5"]} --initial-epoch ", output[^1],
            StringComparison.Ordinal);
        using (var model = Model.Load(folder["best_model.h5"]))
        {
            Assert.True(model.Compiled);
        }

        var history = History.Load(folder["history.csv"]);
        Assert.NotEmpty(history.Epochs);
        Assert.Contains(history.Events, one => one.Kind == EventKind.Interrupted);
        Assert.True(File.Exists(folder["history.png"]));
        Assert.DoesNotContain(Directory.GetFiles(folder.Folder), path => Path.GetFileName(path).StartsWith('.'));
    }
}
