using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Cli;

/// <summary><c>cairn train --backup</c>: stopped by a signal or killed, the same command resumes and writes the same files.</summary>
[Collection(nameof(CliCollection))]
public sealed class BackupTests
{
    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    [InlineData("KILL", 137)]
    public async Task After_a_signal_the_same_command_resumes_and_gives_the_same_files(string signal, int code)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sends POSIX signals");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["points.csv"], Points(300));
        string[] Command(string run) =>
            ["train", "--data", folder["points.csv"], "--epochs", "40", "--out", folder[run], "--backup", folder[run + "-backup"],
            "--backup-every", "5", "--seed", "3"];

        (int ended, string[] whole) = await Run(Command("whole"));
        Assert.Equal(0, ended);
        (int stopped, string[] output) = await Run(Command("parts"), signal);
        Assert.Equal(code, stopped);
        Assert.NotEmpty(Directory.GetFiles(folder["parts-backup"]));
        if (signal != "KILL")
        {
            Assert.Equal($"Interrupted; backed up in {folder["parts-backup"]}. The same command resumes from there:", output[^2]);
            Assert.Equal($"  cairn {string.Join(' ', Command("parts"))}", output[^1]);
        }

        (ended, output) = await Run(["train", .. Command("parts")[1..], "--resume"]);
        Assert.Equal(0, ended);
        Assert.Contains(output, line => line.StartsWith($"Resuming from the backup {folder["parts-backup"]}", StringComparison.Ordinal));
        Assert.Equal(CommandResult.Row(string.Join('\n', whole), "epochs run")[1],
            CommandResult.Row(string.Join('\n', output), "epochs run")[1]);
        foreach (string file in (string[])["best_model.h5", "history.csv"])
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder["whole"], file)), File.ReadAllBytes(Path.Combine(folder["parts"], file)));
        }

        Assert.Equal(EventsOf(folder["whole"]),
            EventsOf(folder["parts"]).Replace(folder["parts"], folder["whole"], StringComparison.Ordinal));
        Assert.False(Directory.Exists(folder["parts-backup"]));
    }

    [Fact]
    public void Resuming_needs_a_backup_and_a_frequency_is_one_of_three()
    {
        using var folder = new TemporaryFolder();
        var nothing = CommandResult.Of("train", "--resume", "--out", folder.Folder);
        Assert.Equal(
            (1, $"cairn: there is no backup in '{folder["backup"]}' (--resume); without --resume, the run starts from the beginning\n"),
            (nothing.Code, nothing.Error));
        var wrong = CommandResult.Of("train", "--backup", folder["b"], "--backup-every", "0");
        Assert.Equal(2, wrong.Code);
        Assert.Contains("--backup-every is '0'; it must be epoch, a number of batches (1 or more), or a time such as 30s.", wrong.Error);
    }

    [Fact]
    public void Another_run_is_refused_with_what_differs()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["points.csv"], Points(60));
        string[] command = ["train", "--data", folder["points.csv"], "--epochs", "2", "--out", folder["run"], "--callbacks",
            folder["callbacks.json"]];
        File.WriteAllText(
            folder["callbacks.json"],
            $$"""
            [
                {"class_name": "BackupAndRestore", "config": {"backup_dir": "{{folder["backup"]}}", "save_freq": {"seconds": 0.001}, "delete_checkpoint": false} }
            ]
            """);
        CommandResult.OutputOf(command);
        var other = CommandResult.Of([.. command, "--batch-size", "7"]);
        Assert.Equal(1, other.Code);
        Assert.Contains("data.batch size: 32 in the backup, 7 now", other.Error);
    }

    private static string EventsOf(string folder) => File.ReadAllText(Path.Combine(folder, "history.events.json"));

    private static async Task<(int Code, string[] Output)> Run(string[] arguments, string? signal = null)
    {
        using Process process = CliProcess.Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            output.Add(line);
            if (signal is not null && line == "Epoch 3/40")
            {
                Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
            }
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode is 0 || signal is not null, $"exit code {process.ExitCode}: {await error}");
        return (process.ExitCode, [.. output]);
    }

    private static string Points(int rows)
    {
        var text = new StringBuilder("a,b,side\n");
        var random = new Random(5);
        for (int row = 0; row < rows; row++)
        {
            double a = random.NextDouble();
            double b = random.NextDouble();
            text.Append(CultureInfo.InvariantCulture, $"{a:F4},{b:F4},{(a + (0.2 * random.NextDouble()) > b ? "above" : "below")}\n");
        }

        return text.ToString();
    }
}
