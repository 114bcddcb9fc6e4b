using Cairn.DistributedWorker;

namespace Cairn.Distributed.Tests;

/// <summary>Several processes end with the weights and the history of one, and with the same bits in all of them.</summary>
public sealed class SameResultTests
{
    // The sums of a step are rounded in another order, and each step follows from the one before.
    private const double Tolerance = 2e-6;

    private static readonly Dictionary<string, Outcome> OfOne = [];

    public static TheoryData<string, int, string> Cases()
    {
        var cases = new TheoryData<string, int, string>();
        foreach (string scenario in Scenario.All.Keys)
        {
            foreach (string mpi in new[] { MpiInstallation.OpenMpi, MpiInstallation.Mpich })
            {
                for (int count = 1; count <= 4; count++)
                {
                    cases.Add(mpi, count, scenario);
                }
            }
        }

        return cases;
    }

    public static TheoryData<string> Scenarios() => [.. Scenario.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Several_processes_come_to_the_result_of_one(string mpi, int count, string scenario)
    {
        var run = LaunchedRun.With(mpi, count);
        Outcome expected = InOneProcess(scenario);
        Outcome first = run.Of(scenario, 0);
        Assert.Equal(expected.Weights.Keys, first.Weights.Keys);
        foreach ((string path, float[] weights) in expected.Weights)
        {
            AssertClose(path, [.. weights.Select(one => (double)one)], [.. first.Weights[path].Select(one => (double)one)]);
        }

        Assert.Equal(expected.History.Keys, first.History.Keys);
        foreach ((string name, double[] values) in expected.History)
        {
            AssertClose(name, values, first.History[name]);
        }

        for (int rank = 1; rank < count; rank++)
        {
            Outcome other = run.Of(scenario, rank);
            Assert.All(first.Weights, pair => Assert.Equal(pair.Value, other.Weights[pair.Key]));
            Assert.All(first.History, pair => Assert.Equal(pair.Value, other.History[pair.Key]));
        }
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Both_MPIs_give_the_same_bits(string scenario)
    {
        for (int count = 2; count <= 4; count++)
        {
            Outcome expected = LaunchedRun.With(MpiInstallation.OpenMpi, count).Of(scenario, 0);
            Outcome actual = LaunchedRun.With(MpiInstallation.Mpich, count).Of(scenario, 0);
            Assert.All(expected.Weights, pair => Assert.Equal(pair.Value, actual.Weights[pair.Key]));
            Assert.All(expected.History, pair => Assert.Equal(pair.Value, actual.History[pair.Key]));
        }
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi, 2)]
    [InlineData(MpiInstallation.Mpich, 3)]
    public void All_begin_with_the_weights_of_the_first(string mpi, int count) => RequireSuccess(mpi, count, "first-weights");

    [Theory]
    [InlineData(MpiInstallation.OpenMpi, 3)]
    [InlineData(MpiInstallation.Mpich, 2)]
    [InlineData(MpiInstallation.OpenMpi, 4)]
    public void Moving_statistics_are_averaged(string mpi, int count) => RequireSuccess(mpi, count, "moving-statistics");

    private static void RequireSuccess(string mpi, int count, string what)
    {
        (int code, string output) = LaunchedRun.Run(MpiInstallation.Require(mpi).Start(count, LaunchedRun.Worker, what));
        Assert.True(code == 0, output);
    }

    private static Outcome InOneProcess(string scenario)
    {
        lock (OfOne)
        {
            return OfOne.TryGetValue(scenario, out Outcome? known) ? known
                : OfOne[scenario] = Outcome.Of(Scenario.All[scenario], distribution: null);
        }
    }

    private static void AssertClose(string name, double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double off = expected[i].Equals(actual[i]) ? 0 : Math.Abs(expected[i] - actual[i]);
            Assert.True(off <= Tolerance * Math.Max(1, Math.Abs(expected[i])), $"{name}[{i}]: expected {expected[i]}, got {actual[i]}.");
        }
    }
}
