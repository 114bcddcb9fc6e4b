using System.Diagnostics;
using System.Globalization;

namespace Cairn.Tests.Layers;

/// <summary>
/// Random layers on all kinds of inputs: one sample, one channel, axes of size 1, cropped, permuted, expanded, with and without a gradient.
/// Runs in a separate process, since a libtorch kernel that writes out of bounds crashes it. <c>CAIRN_SWEEP=1</c> runs twenty thousand.
/// </summary>
public sealed class KernelSweepTests
{
    [Fact]
    public async Task No_layer_ends_the_process_or_computes_something_else_whatever_the_strides()
    {
        int count = Environment.GetEnvironmentVariable("CAIRN_SWEEP") == "1" ? 20_000 : 400;
        await Run("kernels", "0", count.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task The_models_that_ended_the_process_train() => await Run("fits");

    private static async Task Run(params string[] arguments)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Cairn.CrashWorker"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
        string[] told = (await process.StandardOutput.ReadToEndAsync(cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync(cancellation);

        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode} in '{told.LastOrDefault()}': {await error}");
        Assert.Equal("done", told[^1]);
        Assert.DoesNotContain(told, line => line.StartsWith("WRONG", StringComparison.Ordinal));
    }
}
