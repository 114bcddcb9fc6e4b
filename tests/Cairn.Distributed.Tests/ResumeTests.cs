using System.Diagnostics;
using System.Globalization;
using Cairn.DistributedWorker;

namespace Cairn.Distributed.Tests;

/// <summary>A run of several processes that is killed and started again ends with the bits of one that is not.</summary>
public sealed class ResumeTests
{
    private const int Batches = 8 * 6;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly Lazy<Outcome> Uninterrupted = new(() => Whole("synchronized"));
    private static readonly Lazy<Outcome> UninterruptedPlan = new(() => Whole("planned"));

    /// <summary>Number of kills: 25, or as many as CAIRN_KILLS says.</summary>
    private static int Kills => Setting("CAIRN_KILLS", 25);

    /// <summary>The seed of the moments at which it kills.</summary>
    private static int Seed => Setting("CAIRN_KILLS_SEED", 1);

    [Fact]
    public void A_run_that_is_killed_again_and_again_ends_with_the_same_bits()
    {
        MpiInstallation.Require(MpiInstallation.OpenMpi);
        var random = new Random(Seed);
        int killed = 0;
        for (int run = 0; killed < Kills; run++)
        {
            using var folder = new WorkFolder();
            string mpi = run % 2 == 0 ? MpiInstallation.OpenMpi : MpiInstallation.Mpich;
            (string model, Lazy<Outcome> expected) =
                run / 2 % 2 == 0 ? ("synchronized", Uninterrupted) : ("planned", UninterruptedPlan);
            bool ended = false;
            while (!ended)
            {
                ProcessStartInfo start = MpiInstallation.Require(mpi).Start(2, LaunchedRun.Worker, "resume", model, "plain", "4");
                start.WorkingDirectory = folder.Path;
                using var one = new FaultyRun(start);
                if (killed < Kills)
                {
                    int[] processes = one.WaitForProcesses(2, Limit);
                    one.WaitForLines("batch", random.Next(0, Batches));
                    killed += FaultyRun.Signal(random.Next(3) is var who && who == 2 ? one.Launcher : processes[who], "KILL") ? 1 : 0;
                    foreach (int process in processes)
                    {
                        one.WaitForEndOf(process, Limit);
                    }
                }

                Assert.True(one.Ends(Limit), one.Output);
                ended = one.ExitCode == 0;
                Assert.True(ended || killed <= Kills, one.Output);
            }

            AssertSame(expected.Value, Outcome.Read(folder.File("outcome-0.json")));
            AssertSame(expected.Value, Outcome.Read(folder.File("outcome-1.json")));
            Assert.Equal(9, File.ReadAllLines(folder.File("log.csv")).Length);
            Assert.True(File.Exists(folder.File("best.weights.h5")));
            Assert.False(Directory.Exists(folder.File("backup")));
        }
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 2)]
    public void A_run_goes_on_with_another_number_of_processes(int before, int after)
    {
        using var folder = new WorkFolder();
        Run(folder, MpiInstallation.OpenMpi, before, "resume", "synchronized", "plain", "0", "21");
        Run(folder, MpiInstallation.OpenMpi, after, "resume", "synchronized", "plain", "0");
        var outcome = Outcome.Read(folder.File("outcome-0.json"));
        foreach ((string path, float[] weights) in Uninterrupted.Value.Weights)
        {
            Assert.All(weights.Zip(outcome.Weights[path]), pair => Assert.Equal(pair.First, pair.Second, 2e-4f));
        }

        Assert.Equal(Uninterrupted.Value.History["batches_so_far"], outcome.History["batches_so_far"]);
        Assert.All(Uninterrupted.Value.History["loss"].Zip(outcome.History["loss"]), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        Assert.All(Uninterrupted.Value.History["mae"].Zip(outcome.History["mae"]), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Theory]
    [InlineData("sharded", "sharded")]
    [InlineData("sharded", "plain")]
    [InlineData("plain", "sharded")]
    [InlineData("overlap", "overlap")]
    public void A_backup_is_whole_however_the_state_is_divided(string before, string after)
    {
        using var folder = new WorkFolder();
        Run(folder, MpiInstallation.OpenMpi, 2, "resume", "synchronized", before, "0", "21");
        Run(folder, MpiInstallation.OpenMpi, 2, "resume", "synchronized", after, "0");
        AssertSame(Uninterrupted.Value, Outcome.Read(folder.File("outcome-0.json")));
        AssertSame(Uninterrupted.Value, Outcome.Read(folder.File("outcome-1.json")));
    }

    private static int Setting(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;

    private static Outcome Whole(string model)
    {
        using var folder = new WorkFolder();
        Run(folder, MpiInstallation.OpenMpi, 2, "resume", model, "plain", "0");
        return Outcome.Read(folder.File("outcome-0.json"));
    }

    private static void Run(WorkFolder folder, string mpi, int count, params string[] arguments)
    {
        ProcessStartInfo start = MpiInstallation.Require(mpi).Start(count, LaunchedRun.Worker, arguments);
        start.WorkingDirectory = folder.Path;
        (int code, string output) = LaunchedRun.Run(start, Limit);
        Assert.True(code == 0, output);
    }

    private static void AssertSame(Outcome expected, Outcome actual)
    {
        Assert.All(expected.Weights, pair => Assert.Equal(pair.Value, actual.Weights[pair.Key]));
        Assert.All(expected.History, pair => Assert.Equal(pair.Value, actual.History[pair.Key]));
    }
}
