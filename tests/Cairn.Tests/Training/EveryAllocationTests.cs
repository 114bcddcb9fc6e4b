using System.Runtime.InteropServices;
using Cairn.Callbacks;
using Cairn.Optimizers;
using Cairn.Saving;
using Cairn.Saving.Hdf5;
using Cairn.Saving.Runs;
using Cairn.Tests.EventFiles;
using Cairn.Tests.Native;
using Cairn.Tests.Saving;
using Cairn.Tests.Saving.Runs;
using Cairn.Training.Plan;

namespace Cairn.Tests.Training;

/// <summary>
/// Every allocation of a tensor, and of memory for Cairn's own kernels, in a whole training fails, once or with all
/// that follow. Every test run takes a sample;
/// <c>CAIRN_EVERY_ALLOCATION=all</c> runs all of them.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class EveryAllocationTests(ITestOutputHelper output)
{
    private const int Sample = 20;
    private const int BetweenReports = 500;
    private static readonly bool All = Environment.GetEnvironmentVariable("CAIRN_EVERY_ALLOCATION") == "all";

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    [InlineData(false, false, true)]
    [InlineData(false, true, true)]
    public void Whatever_allocation_fails_the_exception_says_so_and_the_run_goes_on_to_the_same_bytes(
        bool resumed, bool lasting, bool planned)
    {
        Assert.SkipUnless(NativeAllocations.CanFail, "native allocations are only replaced on Linux x64");
        FileSystem.Current = new FaultyFileSystem(0);
        string whole = Whole(planned);
        int total = Count(resumed, planned), tried = 0, reached = 0, ended = 0, outside = 0;
        int[] aligned = [.. NativeAllocations.Aligned];
        Assert.True(total > 500, $"only {total} allocations were counted");
        Assert.True(aligned.Length > 0 || !planned || !StepPlan.IsOn, "none of the plan's allocations were counted");
        foreach (int allocation in Chosen(total).Union(aligned))
        {
            using var folder = new TemporaryFolder();
            Prepare(folder, resumed);
            string? first = null;
            Exception? thrown = NativeAllocations.During(() => first = Start(folder, planned).Train(), allocation, lasting);
            string where = $"allocation {allocation} of {total}";
            tried++;
            reached += NativeAllocations.Count >= allocation ? 1 : 0;
            if (thrown is null)
            {
                // A few functions of libtorch do without the memory; but no code may catch its exception and go on.
                Assert.True(NativeAllocations.Thrown is null, $"{where}: {NativeAllocations.Thrown}");
                Assert.True(whole == first, $"{where}: the run ended with other results");
                continue;
            }

            ended++;
            outside += RequireClear(thrown, where) ? 0 : 1;
            RequireWholeFiles(folder, where);
            FinishedRuns.ForgetTaken(folder["backup"]);
            string? again = null;
            thrown = Record.Exception(() => again = Start(folder, planned).Train());
            Assert.True(thrown is null, $"{where}: started again: {thrown}");
            Assert.True(whole == again, $"{where}: started again, the run ended with other results");
            Assert.Empty(Directory.EnumerateFiles(folder.Folder, ".*.cairn-tmp-*", SearchOption.AllDirectories));
            if (tried % BetweenReports == 0)
            {
                output.WriteLine($"{tried} tried");
            }
        }

        string kind = resumed ? " of a resumed run" : planned ? " with a plan" : "";
        output.WriteLine($"{total} allocations, {aligned.Length} of them not for tensors{kind}; {reached} of {tried} failed"
            + $"{(lasting ? " with all after them" : "")}, {ended} of them ended the program, {outside} of these before or after Fit");
    }

    private static string Whole(bool planned)
    {
        using var folder = new TemporaryFolder();
        return Start(folder, planned).Train()!;
    }

    private static int Count(bool resumed, bool planned)
    {
        using var folder = new TemporaryFolder();
        Prepare(folder, resumed);
        Assert.Null(NativeAllocations.During(() => Start(folder, planned).Train()));
        return NativeAllocations.Count;
    }

    // A run that is to be resumed has been killed in its second epoch.
    private static void Prepare(TemporaryFolder folder, bool resumed)
    {
        if (resumed)
        {
            Assert.Null(Start(folder, planned: false).Train(dieAtStep: ResumedRun.BatchesPerEpoch + 2));
        }
    }

    private static ResumedRun Start(TemporaryFolder folder, bool planned) => new(folder.Folder)
    {
        SaveFreq = 2,
        Epochs = 3,
        Optimizer = () => new Adam(0.02, useEma: true),
        Planned = planned,
        More =
        [
            new GradientMonitor(perLayer: true),
            new TerminateOnNaN(),
            new SwapEMAWeights(),
            new TensorBoard(folder["events"], histogramFreq: 1, updateFreq: 2),
            new ModelCheckpoint(folder["models/{epoch}.weights.h5"], saveWeightsOnly: true, keepLast: 2, saveLast: true),
            new ModelCheckpoint(folder["whole/{epoch}.h5"], keepLast: 1),
        ],
    };

    private static IEnumerable<int> Chosen(int total)
    {
        int step = All ? 1 : Math.Max(1, total / Sample);
        return Enumerable.Range(1, total).Where(allocation => (allocation + (step / 2)) % step == 0 || allocation == total);
    }

    // Within Fit, Cairn says where; what creates the model and reads its weights throws libtorch's exception.
    private static bool RequireClear(Exception thrown, string where)
    {
        if (thrown is OutOfMemoryException)
        {
            Assert.True(thrown.InnerException is not null && thrown.Message.StartsWith("Out of memory ", StringComparison.Ordinal),
                $"{where}: {thrown}");
            return true;
        }

        // Either of these names is there in a run: the compiler may inline a method, such as Fit.
        Assert.True(thrown is ExternalException && thrown.Message.Contains("can't allocate memory", StringComparison.Ordinal)
            && !thrown.StackTrace!.Contains("Cairn.Model.Fit(", StringComparison.Ordinal)
            && !thrown.StackTrace.Contains("Cairn.Training.TrainingLoop.", StringComparison.Ordinal),
            $"{where}: {thrown}");
        return false;
    }

    private static void RequireWholeFiles(TemporaryFolder folder, string where)
    {
        foreach (string file in Directory.EnumerateFiles(folder.Folder, "*", SearchOption.AllDirectories))
        {
            Exception? thrown = Record.Exception(() =>
            {
                if (file.EndsWith(".weights.h5", StringComparison.Ordinal))
                {
                    WeightsHdf5.Read(file).Dispose();
                }
                else if (file.EndsWith(".h5", StringComparison.Ordinal))
                {
                    LegacyHdf5.Read(file).Dispose();
                }
                else if (file.EndsWith(".backup", StringComparison.Ordinal))
                {
                    RunFile.Read(file);
                }
            });
            Assert.True(thrown is null, $"{where}: {thrown}");
        }

        foreach (string run in ((string[])["train", "validation"]).Select(name => folder[Path.Combine("events", name)]))
        {
            if (Directory.Exists(run))
            {
                EventReader.ReadFolder(run);
            }
        }
    }
}
