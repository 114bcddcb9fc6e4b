using System.Globalization;
using Cairn.Tests.Native;

namespace Cairn.Tests.Saving.Runs;

/// <summary>
/// Training processes whose address space is limited at some point, so that any allocation can fail from then on, also those of libtorch's
/// C++ objects. Every test run takes a few; <c>CAIRN_LIMITS</c> sets how many.
/// </summary>
public sealed class MemoryLimitTests(ITestOutputHelper output)
{
    private const int ByDefault = 4;
    private const int MostMore = 12 << 20;
    private static readonly string[] Places = ["training", "batch", "saving", "epoch", "validating", "batch", "saving"];
    private static readonly string[] Trainings = ["layers", "graph", "several"];

    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("CAIRN_LIMITS") ?? $"{ByDefault}",
        CultureInfo.InvariantCulture);

    private static readonly int Seed = Environment.TickCount;

    [Fact]
    public async Task A_run_that_gets_no_more_memory_goes_on_to_the_same_bytes_when_it_is_started_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.Is64BitProcess,
            "limits the address space of a process as Linux does");
        var random = new Random(Seed);
        var whole = new Dictionary<string, CrashedRun>();
        int ended = 0;
        var ways = new SortedDictionary<string, int>();
        try
        {
            for (int i = 0; i < Count; i++)
            {
                string training = Trainings[i % Trainings.Length], place = Places[i % Places.Length];
                if (!whole.TryGetValue(training, out CrashedRun? reference))
                {
                    whole[training] = reference = new CrashedRun(training, "at-once");
                    Assert.True(await reference.Start(), "the undisturbed run must end by itself");
                }

                using var run = new CrashedRun(training, i / 2 % 2 == 0 ? "at-once" : "behind");
                int times = random.Next(1, Math.Max(1, reference.Told[place] / 2) + 1);
                long more = random.Next(MostMore);
                string when = string.Create(CultureInfo.InvariantCulture,
                    $"'{training}', limited at {place} {times} with {more} bytes more, in run {i + 1}, with the seed {Seed}");
                if (await run.StartWithLimit(place, times, more) is { } error)
                {
                    ended++;
                    string way = WayOf(error);
                    ways[way] = ways.GetValueOrDefault(way) + 1;
                    Assert.True(await run.Start(), $"{when}: the last process must end by itself");
                }

                run.RequireSame(reference, when);
            }
        }
        finally
        {
            foreach (CrashedRun reference in whole.Values)
            {
                reference.Dispose();
            }
        }

        output.WriteLine($"{Count} limits, {ended} of them ended the program ("
            + $"{Listed(ways)}); all runs ended with the same bytes");
    }

    [Fact]
    public async Task A_run_in_which_libtorch_gets_no_memory_for_an_object_goes_on_to_the_same_bytes_when_it_is_started_again()
    {
        Assert.SkipUnless(NativeAllocations.CanFail, "native allocations are only replaced on Linux x64");
        var random = new Random(Seed);
        using var reference = new CrashedRun(Trainings[1], "at-once");
        Assert.Null(await reference.StartWithFailingNew(0));
        long total = reference.Told.Keys.Where(line => line.StartsWith("new ", StringComparison.Ordinal))
            .Select(line => long.Parse(line["new ".Length..], CultureInfo.InvariantCulture)).Single();
        Assert.True(total > 1000, $"only {total} allocations were counted");
        int ended = 0;
        var ways = new SortedDictionary<string, int>();
        for (int i = 0; i < Count; i++)
        {
            using var run = new CrashedRun(Trainings[1], "at-once");
            long allocation = (total * i / Count) + random.NextInt64(total / Count) + 1;
            string when = $"allocation {allocation} of {total}";
            if (await run.StartWithFailingNew(allocation) is { } error)
            {
                ended++;
                string way = WayOf(error);
                ways[way] = ways.GetValueOrDefault(way) + 1;
                Assert.True(await run.Start(), $"{when}: the last process must end by itself");
            }

            run.RequireSame(reference, when);
        }

        output.WriteLine($"{Count} of {total} allocations failed, {ended} of them ended the program ({Listed(ways)}); all runs ended with "
            + "the same bytes");
    }

    private static string Listed(SortedDictionary<string, int> ways) => string.Join(", ", ways.Select(pair => $"{pair.Value} {pair.Key}"));

    private static string WayOf(string error) =>
        error.Contains("bad_alloc", StringComparison.Ordinal) ? "std::bad_alloc"
        : error.Contains("OutOfMemoryException", StringComparison.Ordinal) ? "OutOfMemoryException"
        : error.Contains("Out of memory", StringComparison.Ordinal) ? "the runtime's own message"
        : error.Split(':')[0];
}
