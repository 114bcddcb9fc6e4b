using System.Globalization;

namespace Cairn.Tests.Saving.Runs;

/// <summary>
/// Training processes with a small .NET heap, from one with which the runtime can't start to one that suffices. Every test run takes a few;
/// <c>CAIRN_HEAPS</c> sets how many.
/// </summary>
public sealed class SmallHeapTests(ITestOutputHelper output)
{
    private const string Training = "layers";
    private const int ByDefault = 4;
    private const long LeastHeap = 7L << 19, MostHeap = 7L << 20;

    // Of the exception, of the runtime's own message, and of a heap that is too small to start with.
    private static readonly string[] Errors = ["OutOfMemoryException", "Out of memory", "0x8007000E"];

    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("CAIRN_HEAPS") ?? $"{ByDefault}",
        CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_run_whose_heap_is_full_ends_with_that_error_and_goes_on_to_the_same_bytes_with_more_memory()
    {
        using CrashedRun reference = await Whole();
        int ended = 0, training = 0;
        for (int i = 0; i < Count; i++)
        {
            using var run = new CrashedRun(Training, "at-once");
            long bytes = LeastHeap + ((MostHeap - LeastHeap) * i / Count);
            string when = $"with a heap of {bytes} bytes";
            if (await run.StartWithHeap(bytes) is { } error)
            {
                ended++;
                training += run.Told.ContainsKey("batch") ? 1 : 0;
                Assert.True(Errors.Any(name => error.Contains(name, StringComparison.Ordinal)), $"{when}: {error}");
                Assert.True(await run.Start(), "the last process must end by itself");
            }

            run.RequireSame(reference, when);
        }

        output.WriteLine($"{Count} heaps from {LeastHeap} to {MostHeap} bytes: {ended} were too small, {training} of them during the "
            + "training; all runs ended with the same bytes");
    }

    private static async Task<CrashedRun> Whole()
    {
        var run = new CrashedRun(Training, "at-once");
        Assert.True(await run.Start(), "the undisturbed run must end by itself");
        return run;
    }
}
