using System.Diagnostics;
using System.Globalization;

namespace Cairn.Tests;

/// <summary>
/// A custom loop of 5,000 steps in a process of its own: the memory that the operating system counts, not only the tensors.
/// </summary>
public sealed class LoopResidentTests
{
    [Fact]
    public async Task Resident_memory_does_not_grow_with_the_steps_of_a_loop()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Cairn.CrashWorker"), ["loop"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
        string[] told = (await process.StandardOutput.ReadToEndAsync(cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}: {await error}");
        Assert.Equal("done", told[^1]);

        // The gradient of the first kernel kept in every step would be 160 MB over these 5,000 steps, a kept batch of inputs 40 MB.
        double[] megabytes = [.. told[..^1].Select(line => long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture) / 1e6)];
        Assert.Equal(10, megabytes.Length);
        Assert.True(megabytes[^1] - megabytes[1] < 10, string.Join(", ", megabytes.Select(m => $"{m:F1} MB")));
    }
}
