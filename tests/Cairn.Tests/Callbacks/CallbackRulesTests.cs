using Cairn.Callbacks;
using CsCheck;

namespace Cairn.Tests.Callbacks;

/// <summary>Random lists of callbacks on random metrics compared with <see cref="SlowTraining"/>, half of them interrupted and
/// resumed.</summary>
public sealed class CallbackRulesTests
{
    private static readonly Gen<Mode> Modes = Gen.OneOfConst("auto", "min", "max").Select(name => new Mode(name));
    private static readonly Gen<int> Small = Gen.Int[0, 3];
    private static readonly Gen<double> Deltas = Gen.OneOfConst(0.0, 0.25, -0.25, 0.5);
    private static readonly Gen<double> Quarters = Gen.Int[-2, 8].Select(value => value / 4.0);

    // An unknown name has no direction.
    private static readonly Gen<(string Name, Mode Mode)> Monitors = Gen.Select(
        Gen.Frequency((4, Gen.Const("loss")), (3, Gen.Const("val_accuracy")), (1, Gen.Const("learning_rate")), (1, Gen.Const("never"))),
        Modes,
        (name, mode) => (name, name is "learning_rate" or "never" && mode.Name == "auto" ? new Mode("min") : mode));

    private static readonly Gen<double> Values =
        Gen.Frequency((20, Quarters), (1, Gen.OneOfConst(double.NaN, double.PositiveInfinity, double.NegativeInfinity)));

    private static readonly Gen<GivenEpoch> Epochs = Gen.Select(
        Gen.Frequency((25, Quarters), (1, Gen.OneOfConst(double.NaN, double.PositiveInfinity))).Array[0, 3], Values, Values, Gen.Int[0, 5],
        (batches, loss, accuracy, which) => new GivenEpoch(
            batches, which switch
            {
                0 => [("loss", loss)],
                1 => [("val_accuracy", accuracy)],
                _ =>
            [("loss", loss), ("val_accuracy", accuracy)]
            }));

    private static readonly Gen<Func<CallbackRule>> Rules = Gen.Frequency(
        (4, Gen.Select(Monitors, Small, Deltas, Small, Gen.OneOfConst(0, 0.1875, 0.5), Gen.Bool)
            .Select<((string, Mode), int, double, int, double, bool), Func<CallbackRule>>(
            one => () => new ReduceRule(one.Item1.Item1, one.Item1.Item2, one.Item2, one.Item3, one.Item4, one.Item5, one.Item6))),
        (4, Gen.Select(Monitors, Gen.Int[0, 6], Deltas, Quarters.Nullable(), Gen.Bool, Gen.Int[0, 5])
            .Select<((string, Mode), int, double, double?, bool, int), Func<CallbackRule>>(
            one => () => new StopRule([one.Item1], one.Item2, one.Item3, one.Item4, one.Item5, one.Item6))),
        (2, Gen.Select(Modes, Modes, Gen.Int[0, 4], Deltas, Quarters.Nullable(), Gen.Bool)
            .Select<(Mode, Mode, int, double, double?, bool), Func<CallbackRule>>(
            one => () => new StopRule([("loss", one.Item1), ("val_accuracy", one.Item2)], one.Item3, one.Item4, one.Item5, one.Item6, 0))),
        (4, Gen.Select(Monitors, Gen.Bool, Quarters.Nullable(), Gen.Int[1, 5].Nullable(), Gen.Int[0, 999])
            .Select<((string, Mode), bool, double?, int?, int), Func<CallbackRule>>(
            one => () => new SaveRule(one.Item1.Item1, one.Item1.Item2, one.Item2, one.Item3, one.Item4, one.Item5))),
        (1, Gen.Select(Gen.Int[1, 4], Gen.OneOfConst(0.25, 1, 2))
            .Select<(int, double), Func<CallbackRule>>(one => () => new ScheduleRule(one.Item1, one.Item2))),
        (1, Gen.Int[0, 6].Select<int, Func<CallbackRule>>(start => () => new AverageRule(start))),
        (1, Gen.Const<Func<CallbackRule>>(() => new NaNRule())));

    [Fact]
    public void Random_lists_of_callbacks_do_what_the_rules_say_in_random_trainings()
    {
        (int stopped, int cut) = (0, 0);
        var acted = new Dictionary<string, int>();
        Gen.Select(Rules.Array[1, 6], Epochs.Array[1, 14], Gen.OneOfConst(0, 0, 1, 3), Gen.Int[1, 20].Nullable()).Sample(
            (rules, epochs, first, cutAfter) =>
            {
                string folder = Directory.CreateTempSubdirectory("rules").FullName;
                try
                {
                    var expected = new SlowTraining([.. rules.Select(create => create())], epochs, first);
                    Check(expected,
                        new CutTraining(() => [.. rules.Select(create => create().Create(folder))], epochs, first, cutAfter), folder);
                    stopped += expected.Stop ? 1 : 0;
                    cut += cutAfter is null ? 0 : 1;
                    foreach (string? kind in expected.Did.Select(
                        did => (did.Split(' ')[0].Contains('/') ? "batch " : "") + did.Split(' ')[1]))
                    {
                        acted[kind] = acted.GetValueOrDefault(kind) + 1;
                    }
                }
                finally
                {
                    Directory.Delete(folder, recursive: true);
                }
            },
            iter: 300,
            threads: 1,
            print: one => $"[{string.Join(", ", one.Item1.Select(create => create()))}] "
                + $"on {string.Join(" | ", one.Item2.Select(epoch => epoch))} from {one.Item3}, cut {one.Item4}");

        // The trainings cover every kind of action; some stop early, some do not, and some are interrupted.
        Assert.InRange(stopped, 30, 290);
        Assert.InRange(cut, 60, 290);
        string[] kinds =
        [
            "learning_rate_reduced", "learning_rate_set", "model_saved", "batch model_saved", "training_stopped", "batch training_stopped",
            "weights_restored",
            "weights_averaged", "warning", "batch warning",
        ];
        Assert.All(kinds, kind => Assert.True(acted.GetValueOrDefault(kind) > 2, $"{kind}: {acted.GetValueOrDefault(kind)}"));
    }

    private static void Check(SlowTraining expected, CutTraining actual, string folder)
    {
        using TinyModel trained = actual.Model;
        History history = actual.List.History!;
        Assert.Equal(expected.Did, history.Events.Select(Describe));
        Assert.Equal(Enumerable.Range(expected.First, expected.Epochs), history.Epochs);
        Assert.Equal(expected.Stop, trained.StopTraining);
        Assert.Equal(expected.Rates, history.Column("learning_rate"));
        Assert.Equal(expected.Rate, trained.Optimizer!.LearningRate);
        Assert.Equal(expected.Weights, TinyModel.Value(trained), 1e-5);
        Assert.Equal(expected.Files.Keys.Order(), Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order());
        using var model = TinyModel.Create();
        foreach ((string? file, double weights) in expected.Files)
        {
            model.LoadWeights(Path.Combine(folder, file));
            Assert.Equal(weights, TinyModel.Value(model));
        }
    }

    private static string Describe(TrainingEvent happened)
    {
        string place = happened.Batch is { } batch ? $"{happened.Epoch}/{batch}" : $"{happened.Epoch}";
        return happened.Kind == EventKind.Warning ? $"{place} warning" : $"{place} {happened.Kind} {happened.OldValue} {happened.NewValue}";
    }
}
