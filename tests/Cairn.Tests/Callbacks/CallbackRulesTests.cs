using Cairn.Callbacks;
using CsCheck;

namespace Cairn.Tests.Callbacks;

/// <summary>Random lists of callbacks on random sequences of metrics against <see cref="SlowTraining"/>.</summary>
public sealed class CallbackRulesTests
{
    private static readonly Gen<string> Monitors = Gen.Frequency((4, Gen.Const("a")), (3, Gen.Const("b")), (1, Gen.Const("learning_rate")), (1, Gen.Const("never")));
    private static readonly Gen<int> Small = Gen.Int[0, 3];
    private static readonly Gen<double> Deltas = Gen.OneOfConst(0.0, 0.25, 0.5);
    private static readonly Gen<double> Quarters = Gen.Int[-2, 8].Select(value => value / 4.0);

    private static readonly Gen<double> Values =
        Gen.Frequency((20, Quarters), (1, Gen.OneOfConst(double.NaN, double.PositiveInfinity, double.NegativeInfinity)));

    private static readonly Gen<(string Name, double Value)[]> Epochs =
        Gen.Select(Values, Values, Gen.Int[0, 5], (a, b, which) => which switch { 0 => new[] { ("a", a) }, 1 => [("b", b)], _ => [("a", a), ("b", b)] });

    private static readonly Gen<Func<CallbackRule>> Rules = Gen.Frequency(
        (4, Gen.Select(Monitors, Gen.Bool, Small, Deltas, Small, Gen.OneOfConst(0, 0.125, 0.5), Gen.Bool).Select<(string, bool, int, double, int, double, bool), Func<CallbackRule>>(
            one => () => new ReduceRule(one.Item1, one.Item2, one.Item3, one.Item4, one.Item5, one.Item6, one.Item7))),
        (4, Gen.Select(Monitors, Gen.Bool, Gen.Int[0, 6], Deltas, Quarters.Nullable(), Gen.Bool, Small).Select<(string, bool, int, double, double?, bool, int), Func<CallbackRule>>(
            one => () => new StopRule([(one.Item1, one.Item2)], one.Item3, one.Item4, one.Item5, one.Item6, one.Item7))),
        (2, Gen.Select(Gen.Bool, Gen.Bool, Gen.Int[0, 4], Deltas, Quarters.Nullable(), Gen.Bool).Select<(bool, bool, int, double, double?, bool), Func<CallbackRule>>(
            one => () => new StopRule([("a", one.Item1), ("b", one.Item2)], one.Item3, one.Item4, one.Item5, one.Item6, 0))),
        (3, Gen.Select(Monitors, Gen.Bool, Gen.Bool, Quarters.Nullable(), Gen.Int[0, 99]).Select<(string, bool, bool, double?, int), Func<CallbackRule>>(
            one => () => new SaveRule(one.Item1, one.Item2, one.Item3, one.Item4, one.Item5))),
        (1, Gen.Select(Gen.Int[1, 4], Gen.OneOfConst(0.25, 1, 2)).Select<(int, double), Func<CallbackRule>>(one => () => new ScheduleRule(one.Item1, one.Item2))),
        (1, Gen.Int[0, 6].Select<int, Func<CallbackRule>>(start => () => new AverageRule(start))));

    [Fact]
    public void Random_lists_of_callbacks_do_what_the_rules_say_in_random_trainings()
    {
        var stopped = 0;
        var acted = new Dictionary<string, int>();
        Gen.Select(Rules.Array[1, 6], Epochs.Array[1, 14]).Sample(
            (rules, epochs) =>
            {
                var folder = Directory.CreateTempSubdirectory("rules").FullName;
                try
                {
                    var expected = new SlowTraining([.. rules.Select(create => create())], epochs);
                    var actual = new PlayedTraining([.. rules.Select(create => create().Create(folder))], learningRate: 1).Run(epochs);

                    Assert.Equal(expected.Did, actual.History.Events.Select(Describe));
                    Assert.Equal(expected.Epochs, actual.History.Epochs.Count);
                    Assert.Equal(expected.Stop, actual.Model.StopTraining);
                    Assert.Equal(expected.Rates, actual.History.Column("learning_rate"));
                    Assert.Equal(expected.Rate, actual.Model.Optimizer!.LearningRate);
                    Assert.Equal(expected.Weights, actual.Weights, 1e-5);
                    Assert.Equal(expected.Files.Keys.Order(), Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order());
                    foreach (var (file, weights) in expected.Files)
                    {
                        using var model = TinyModel.Create();
                        model.LoadWeights(Path.Combine(folder, file));
                        Assert.Equal(weights, TinyModel.Value(model));
                    }

                    stopped += expected.Stop ? 1 : 0;
                    foreach (var did in expected.Did)
                    {
                        acted[did.Split(' ')[1]] = acted.GetValueOrDefault(did.Split(' ')[1]) + 1;
                    }
                }
                finally
                {
                    Directory.Delete(folder, recursive: true);
                }
            },
            iter: 150,
            threads: 1,
            print: one => $"[{string.Join(", ", one.Item1.Select(create => create()))}] on {string.Join(" | ", one.Item2.Select(epoch => string.Join(" ", epoch)))}");

        // The trainings are worth something: every kind of act occurs, and some stop while others do not.
        Assert.InRange(stopped, 15, 145);
        foreach (var kind in new[] { "learning_rate_reduced", "learning_rate_set", "model_saved", "training_stopped", "weights_restored", "weights_averaged", "warning" })
        {
            Assert.True(acted.GetValueOrDefault(kind) > 5, $"{kind}: {acted.GetValueOrDefault(kind)}");
        }
    }

    private static string Describe(TrainingEvent happened) => happened.Kind == EventKind.Warning
        ? $"{happened.Epoch} warning"
        : $"{happened.Epoch} {happened.Kind} {happened.OldValue} {happened.NewValue}";
}
