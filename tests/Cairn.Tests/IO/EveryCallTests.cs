using Cairn.Callbacks;
using Cairn.Saving;
using Cairn.Saving.Runs;
using Cairn.Tests.EventFiles;
using Cairn.Tests.Saving.Runs;

namespace Cairn.Tests.Saving;

/// <summary>
/// Every file system call of a whole training with all callbacks that write files: each one fails, and each one is the last before a power
/// failure. Every test run takes a sample; <c>CAIRN_EVERY_CALL=all</c> runs all of them.
/// </summary>
public sealed class EveryCallTests(ITestOutputHelper output)
{
    private const int Sample = 12;
    private static readonly bool All = Environment.GetEnvironmentVariable("CAIRN_EVERY_CALL") == "all";

    private static readonly Func<Exception>[] Faults =
    [
        () => new IOException("No space left on device"),
        () => new UnauthorizedAccessException("Access to the path is denied."),
        () => new IOException("Input/output error"),
        () => new DirectoryNotFoundException("Could not find a part of the path"),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whatever_call_fails_the_run_ends_as_if_none_had_or_goes_on_so(bool lasting)
    {
        using var folder = new TemporaryFolder();
        var counting = new FaultyFileSystem(0);
        string? whole = null;
        Assert.Null(With(counting, () => whole = Start(folder).Train()));
        int total = counting.Calls.Count, tried = 0, failed = 0;
        foreach (int call in Chosen(total))
        {
            using var other = new TemporaryFolder();
            string? first = null;
            var files = new FaultyFileSystem(call, Faults[call % Faults.Length], lasting);
            Exception? thrown = With(files, () => first = Start(other).Train());
            string where = $"call {call} of {total}, {counting.Calls[call - 1]}";
            tried++;
            if (thrown is null)
            {
                Assert.True(whole == first, $"{where}: the run ended otherwise");
                continue;
            }

            failed++;
            Assert.True(thrown is IOException or UnauthorizedAccessException, $"{where}: {thrown}");
            FinishedRuns.ForgetTaken(Path.Combine(other.Folder, "backup"));
            string? again = null;
            thrown = With(new FaultyFileSystem(0), () => again = Start(other).Train());
            Assert.True(thrown is null, $"{where}: {thrown}");
            Assert.True(whole == again, $"{where}: started again, the run ended otherwise");
            Assert.Empty(Directory.EnumerateFiles(other.Folder, ".*.cairn-tmp-*", SearchOption.AllDirectories));
        }

        output.WriteLine($"{total} calls; {tried} failed{(lasting ? " with all after them" : "")}, {failed} of them ended the training, "
            + $"and it went on");
    }

    [Fact]
    public void Whatever_call_is_the_last_before_a_power_failure_the_run_goes_on_and_ends_with_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        var disk = new RecordedDisk(folder.Folder);
        string? whole = null;
        Assert.Null(With(disk, () => whole = Start(folder).Train()));
        List<string> events = EventsOf(folder);
        int[] cuts = [.. Chosen(disk.Count)];
        int restarts = 0;
        foreach (int cut in cuts)
        {
            foreach (int kept in (int[])[RecordedDisk.Nothing, RecordedDisk.Everything, 2 + cut, 1_000_000 + cut])
            {
                disk.CutAfter(cut, kept);
                FinishedRuns.ForgetTaken(Path.Combine(folder.Folder, "backup"));
                ResumedRun run = Start(folder);
                string? again = null;
                Exception? thrown = With(new FaultyFileSystem(0), () => again = run.Train());
                string where = $"after call {cut} of {disk.Count}, kept {kept}";
                Assert.True(thrown is null, $"{where}: {thrown}");
                Assert.True(whole == again, $"{where}: the run ended otherwise:\n{again}\ninstead of\n{whole}");
                if (run.Backup!.RestoredFrom is not null)
                {
                    Assert.True(events.SequenceEqual(EventsOf(folder)), $"{where}: the event files hold something else");
                }

                restarts++;
            }
        }

        output.WriteLine($"{disk.Count} calls; {cuts.Length} were the last before a power failure, in four states of the disk "
            + $"each: {restarts} runs went on");
    }

    private static ResumedRun Start(TemporaryFolder where) => new(where.Folder)
    {
        SaveFreq = 2,
        Epochs = 4,
        More =
        [
            new TensorBoard(where["events"], updateFreq: 2),
            new CSVLogger(where["deep/er/all.csv"], append: true),
            new ModelCheckpoint(where["models/{epoch}.weights.h5"], saveWeightsOnly: true, keepLast: 2, saveLast: true),
        ],
    };

    private static IEnumerable<int> Chosen(int total)
    {
        int step = All ? 1 : Math.Max(1, total / Sample);

        // The last calls are those of the end of the run.
        return Enumerable.Range(1, total)
            .Where(call => (call + (step / 2)) % step == 0 || call == total || (total - call < 24 && (total - call) % 4 == 0));
    }

    private static List<string> EventsOf(TemporaryFolder where) =>
    [
        .. ((string[])["train", "validation"]).SelectMany(run => EventReader.ReadFolder(where[Path.Combine("events", run)]))
            .SelectMany(happened =>
            happened.Values.Select(value =>
            $"{value.Tag} {happened.Step}: {string.Join(" ", value.Floats)} {string.Join(" ", value.Doubles)}")),
    ];

    private static Exception? With(FileSystem files, Action act)
    {
        FileSystem.Current = files;
        try
        {
            return Record.Exception(act);
        }
        finally
        {
            FileSystem.Current = new FaultyFileSystem(0);
        }
    }
}
