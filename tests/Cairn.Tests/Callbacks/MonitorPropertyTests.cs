using Cairn.Callbacks;
using CsCheck;

namespace Cairn.Tests.Callbacks;

/// <summary>
/// The callbacks count from epoch to epoch; here the same decisions follow from the whole sequence with closed formulas.
/// The values are small multiples of 1/4, exact in float32, so that ties are frequent and there is no rounding.
/// </summary>
public sealed class MonitorPropertyTests
{
    private static readonly Gen<Setting> Settings = Gen.Select(
        Gen.Int[0, 8].Array[1, 25], Gen.Int[0, 4], Gen.Int[0, 4], Gen.OneOfConst(0.0, 0.25, 0.5), Gen.Bool,
        (values, patience, cooldown, minDelta, max) =>
            new Setting([.. values.Select(value => value / 4.0)], patience, cooldown, minDelta, max));

    [Fact]
    public void Training_stops_patience_epochs_after_the_last_improvement()
    {
        Settings.Sample(setting =>
        {
            var stopping = new EarlyStopping("x", setting.MinDelta, setting.Patience, mode: setting.Mode);
            Play(stopping, setting, stopAtOnce: true);
            List<int> records = Records(setting);
            int stop = Enumerable.Range(1, setting.Values.Length - 1)
                .FirstOrDefault(epoch => !records.Contains(epoch) && epoch - records.Last(record => record < epoch) >= setting.Patience);
            int best = records.Last(record => stop == 0 || record < stop);
            Assert.Equal((stop, best, setting.Values[best]), (stopping.StoppedEpoch, stopping.BestEpoch, stopping.Best));
        }, threads: 1);
    }

    [Fact]
    public void The_rate_is_reduced_patience_epochs_after_an_improvement_or_the_last_cooldown()
    {
        Settings.Sample(setting =>
        {
            History history = Play(
                new ReduceLROnPlateau("x", 0.5, setting.Patience, 0, setting.Mode, setting.MinDelta, setting.Cooldown), setting,
                stopAtOnce: false);
            List<int> records = Records(setting);
            var expected = new List<int>();

            // A cooldown of n epochs skips n - 1: counting starts again in its last one.
            int lastSkipped = -1;
            for (int epoch = 1; epoch < setting.Values.Length; epoch++)
            {
                int start = Math.Max(records.Last(record => record <= epoch), lastSkipped);
                if (epoch > start && epoch - start >= setting.Patience)
                {
                    expected.Add(epoch);
                    lastSkipped = epoch + Math.Max(setting.Cooldown - 1, 0);
                }
            }

            Assert.Equal(expected, history.Events.Where(happened => happened.Kind == EventKind.LearningRateReduced)
                .Select(happened => happened.Epoch));
        }, threads: 1);
    }

    /// <summary>Epochs that beat the last of these epochs by more than minDelta; the first always does.</summary>
    private static List<int> Records(Setting setting)
    {
        var records = new List<int> { 0 };
        for (int epoch = 1; epoch < setting.Values.Length; epoch++)
        {
            double gain = setting.Values[epoch] - setting.Values[records[^1]];
            if ((setting.Max ? gain : -gain) > setting.MinDelta)
            {
                records.Add(epoch);
            }
        }

        return records;
    }

    private static History Play(Callback callback, Setting setting, bool stopAtOnce)
    {
        var model = TinyModel.Create(1);
        var list = new CallbackList([callback], model, new CallbackParams { Output = TextWriter.Null, Error = TextWriter.Null },
            addHistory: true);
        list.OnTrainBegin();
        for (int epoch = 0; epoch < setting.Values.Length && !(stopAtOnce && model.StopTraining); epoch++)
        {
            list.OnEpochBegin(epoch);
            list.OnEpochEnd(epoch, new Logs([new("x", setting.Values[epoch])]));
        }

        return list.History!;
    }

    private sealed record Setting(double[] Values, int Patience, int Cooldown, double MinDelta, bool Max)
    {
        public MonitorMode Mode => Max ? MonitorMode.Max : MonitorMode.Min;

        public override string ToString() =>
            $"[{string.Join(", ", Values)}] patience {Patience} cooldown {Cooldown} minDelta {MinDelta} {Mode}";
    }
}
