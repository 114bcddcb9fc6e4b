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
