using Cairn.Distributed.Mpi;
using Cairn.DistributedWorker;

namespace Cairn.Distributed.Tests;

/// <summary>How gradients are laid out in messages, and the choices of their exchange.</summary>
public sealed class GradientExchangeTests
{
    private static readonly string[] Compressed = ["plain", "adam", "few-rows", "large"];

    public static TheoryData<string, int, string, string> ChoicesOfTheSameResult()
    {
        var cases = new TheoryData<string, int, string, string>();
        foreach (string scenario in Scenario.All.Keys)
        {
            foreach (string variant in new[] { "overlap", "sharded" })
            {
                cases.Add(MpiInstallation.OpenMpi, 2, variant, scenario);
                cases.Add(MpiInstallation.Mpich, 3, variant, scenario);
            }
        }

        return cases;
    }

    public static TheoryData<string, string, string> CompressedCases()
    {
        var cases = new TheoryData<string, string, string>();
        foreach (string scenario in Compressed)
        {
            foreach (GradientFormat format in new[] { GradientFormat.Float16, GradientFormat.BFloat16 })
            {
                cases.Add(MpiInstallation.OpenMpi, $"{format}", scenario);
                cases.Add(MpiInstallation.Mpich, $"{format}", scenario);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(ChoicesOfTheSameResult))]
    public void The_exchange_during_the_backward_pass_and_divided_state_give_the_same_bits(
        string mpi, int count, string variant, string scenario)
    {
        Outcome expected = LaunchedRun.With(mpi, count).Of(scenario, 0);
        var run = LaunchedRun.With(mpi, count, variant);
        for (int rank = 0; rank < count; rank++)
        {
            Outcome actual = run.Of(scenario, rank);
            Assert.All(expected.Weights, pair => Assert.Equal(pair.Value, actual.Weights[pair.Key]));
            Assert.All(expected.History, pair => Assert.Equal(pair.Value, actual.History[pair.Key]));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Steps_run_by_a_plan_where_the_processor_has_the_instructions(bool overlap)
    {
        using var replicas = Replicas.Join();
        using Model model = Scenario.All["planned-dropout"](new DataParallel(replicas, overlap: overlap)).Model;
        Assert.Equal(Cairn.Training.Plan.StepPlan.IsOn, model.StepWasPlanned);
    }

    [Theory]
    [MemberData(nameof(CompressedCases))]
    public void Sixteen_bits_give_nearly_the_same_and_equal_replicas(string mpi, string format, string scenario)
    {
        Outcome expected = LaunchedRun.With(mpi, 2).Of(scenario, 0);
        var run = LaunchedRun.With(mpi, 2, format);
        Outcome first = run.Of(scenario, 0);
        Outcome second = run.Of(scenario, 1);
        Assert.All(first.Weights, pair => Assert.Equal(pair.Value, second.Weights[pair.Key]));
        Assert.Contains(expected.Weights, pair => !pair.Value.SequenceEqual(first.Weights[pair.Key]));

        // bfloat16 rounds to 2^-9 of a number, in each of two ranks and in their sum.
        Assert.All(expected.History["loss"].Zip(first.History["loss"]), pair => Assert.Equal(pair.First, pair.Second, 0.02 * pair.First));
    }

    [Theory]
    [InlineData(MpiInstallation.OpenMpi, 2)]
    [InlineData(MpiInstallation.Mpich, 2)]
    [InlineData(MpiInstallation.OpenMpi, 3)]
    [InlineData(MpiInstallation.Mpich, 4)]
    [InlineData(MpiInstallation.OpenMpi, PeerSum.MostProcesses + 1)]
    [InlineData(MpiInstallation.Mpich, PeerSum.MostProcesses + 1)]
    public void Sums_of_every_length_are_right_and_have_the_same_bits_in_all_processes(string mpi, int count)
    {
        (int code, string output) = LaunchedRun.Run(MpiInstallation.Require(mpi).Start(count, LaunchedRun.Worker, "sums"));
        Assert.True(code == 0, output);
    }

    [Fact]
    public void Every_gradient_has_a_place_of_its_own_in_messages_from_the_last_to_the_first()
    {
        Variable[] variables = [.. new long[] { 3, 1 << 20, 5, 7, 2_000_000, 1 }
            .Select((length, i) => new Variable(NDArray.From(new float[length], [(int)length]), $"v{i}"))];
        var plan = new ExchangePlan(variables, controlLength: 11, controlIsSeparate: false);
        (int, int)[] messages = [.. plan.Pieces.Select(piece => (piece.First, piece.End))];
        Assert.Equal([(4, 6), (1, 4), (0, 1)], messages);
        long at = 0;
        foreach (ExchangePlan.Piece piece in plan.Pieces)
        {
            Assert.Equal(at, piece.Start);
            for (int i = piece.End - 1; i >= piece.First; i--)
            {
                Assert.Equal((at, piece.Flags + i - piece.First), (plan.PlaceOf(i), plan.FlagOf(i)));
                at += variables[i].Value.NumberOfElements;
            }

            Assert.Equal(at, piece.Flags);
            at += piece.End - piece.First;
        }

        Assert.Equal((at, at + 11), (plan.Control, plan.Length));
        Assert.Equal(plan.Length, plan.Pieces[^1].Start + plan.Pieces[^1].Length);
        foreach (Variable variable in variables)
        {
            variable.Dispose();
        }
    }

    [Theory]
    [InlineData(GradientFormat.Float16, 1.0004f, 1f)]
    [InlineData(GradientFormat.Float16, 1.0006f, 1.0009765625f)] // 1 + 2^-10
    [InlineData(GradientFormat.Float16, 1e6f, float.PositiveInfinity)]
    [InlineData(GradientFormat.Float16, 1e-8f, 0f)]
    [InlineData(GradientFormat.BFloat16, 1.00390625f, 1f)] // 1 + 2^-8 is halfway between 1 and 1 + 2^-7: to even
    [InlineData(GradientFormat.BFloat16, 1.01171875f, 1.015625f)] // 1 + 3 · 2^-8: to 1 + 2^-6, whose last bit is even
    [InlineData(GradientFormat.BFloat16, 1.2676506e30f, 1.2676506e30f)] // 2^100
    [InlineData(GradientFormat.BFloat16, float.NaN, float.NaN)]
    [InlineData(GradientFormat.BFloat16, float.NegativeInfinity, float.NegativeInfinity)]
    public void Numbers_of_16_bits_are_rounded_to_the_nearest(GradientFormat format, float number, float expected)
    {
        // Longer than a part and than a vector, with a rest.
        float[] numbers = [.. Enumerable.Repeat(number, 1037)];
        SixteenBits.Narrow(numbers, format);
        SixteenBits.Widen(numbers, format);
        Assert.All(numbers, actual => Assert.Equal(expected, actual));
    }

    [Fact]
    public void Numbers_keep_their_order_when_they_are_narrowed_in_place()
    {
        float[] numbers = [.. Enumerable.Range(0, 1500).Select(i => (float)(i % 200))];
        foreach (GradientFormat format in new[] { GradientFormat.Float16, GradientFormat.BFloat16 })
        {
            float[] copy = [.. numbers];
            SixteenBits.Narrow(copy, format);
            SixteenBits.Widen(copy, format);
            Assert.Equal(numbers, copy);
        }
    }
}
