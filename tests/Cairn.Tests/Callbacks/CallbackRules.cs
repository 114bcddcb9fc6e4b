using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

/// <summary>
/// What callbacks promise, as sentences about the whole of what they have seen instead of counters that go along: slow, and written from
/// Keras' documentation, not from our code. Values are multiples of 1/4, exact in float32.
/// </summary>
internal abstract class CallbackRule(string monitor)
{
    /// <summary>What was seen under the monitored name, epoch by epoch; null where it was not there.</summary>
    protected List<double?> Seen { get; } = [];

    public abstract Callback Create(string folder);

    public virtual void Begin(SlowTraining training, int epoch)
    {
    }

    /// <summary>Takes note of the epoch and acts.</summary>
    public virtual void End(SlowTraining training, int epoch, Dictionary<string, double> logs)
    {
        Seen.Add(logs.TryGetValue(monitor, out var value) ? value : null);
        Act(training, epoch, logs);
    }

    public virtual void Finish(SlowTraining training)
    {
    }

    protected abstract void Act(SlowTraining training, int epoch, Dictionary<string, double> logs);

    protected static bool Better(double value, double reference, bool max, double minDelta) => max ? value - minDelta > reference : value + minDelta < reference;

    /// <summary>The places of values that beat the record before them; the first value is one whatever it is, unless there is a mark to beat.</summary>
    protected static List<int> Records(IReadOnlyList<double?> values, bool max, double minDelta, double? mark = null)
    {
        List<int> records = [];
        for (var place = 0; place < values.Count; place++)
        {
            var toBeat = records.Count > 0 ? values[records[^1]] : mark;
            if (values[place] is { } value && (toBeat is not { } reference || Better(value, reference, max, minDelta)))
            {
                records.Add(place);
            }
        }

        return records;
    }
}

/// <summary>"Reduce learning rate when a metric has stopped improving": no improvement for `patience` epochs, those of a cooldown not counted.</summary>
internal sealed class ReduceRule(string monitor, bool max, int patience, double minDelta, int cooldown, double minLr, bool restores) : CallbackRule(monitor)
{
    private readonly List<double> weights = [];
    private readonly List<int> reductions = [];
    private readonly string monitor = monitor;

    public override Callback Create(string folder) =>
        new ReduceLROnPlateau(monitor, 0.5, patience, 0, max ? "max" : "min", minDelta, cooldown, minLr, restores);

    public override string ToString() => $"Reduce({monitor}, max {max}, patience {patience}, delta {minDelta}, cooldown {cooldown}, minLr {minLr}, restores {restores})";

    protected override void Act(SlowTraining training, int epoch, Dictionary<string, double> logs)
    {
        weights.Add(training.Weights);
        logs["learning_rate"] = training.Rate;

        // Reading the rate may be what makes the monitored name come into being.
        if (monitor == "learning_rate")
        {
            Seen[^1] = training.Rate;
        }

        if (Seen[^1] is null)
        {
            training.Did.Add($"{epoch} warning");
            return;
        }

        // Only epochs with a value are looked at. A cooldown of n passes over n - 1 of them: in its last one counting begins again.
        int[] looked = [.. Enumerable.Range(0, Seen.Count).Where(place => Seen[place] is not null)];
        var records = Records([.. looked.Select(place => Seen[place])], max, minDelta);
        var now = looked.Length - 1;
        var resting = reductions.Count == 0 ? -1 : reductions[^1] + Math.Max(cooldown - 1, 0);
        training.WarnOfNaN(epoch, now == 0, Seen[^1]);
        if (records[^1] == now || now <= resting || now - Math.Max(records[^1], resting) < patience || training.Rate <= minLr)
        {
            return;
        }

        reductions.Add(now);
        var lower = Math.Max(training.Rate * 0.5, minLr);
        training.Did.Add($"{epoch} learning_rate_reduced {training.Rate} {lower}");
        training.Rate = lower;
        if (restores)
        {
            training.Weights = weights[looked[records[^1]]];
            training.Did.Add($"{epoch} weights_restored  {Seen[looked[records[^1]]]}");
        }
    }
}

/// <summary>"Stop training when a monitored metric has stopped improving", or each of several.</summary>
internal sealed class StopRule(
    IReadOnlyList<(string Name, bool Max)> monitors, int patience, double minDelta, double? baseline, bool restores, int startFromEpoch) : CallbackRule("")
{
    private readonly List<double?>[] values = [.. monitors.Select(_ => new List<double?>())];
    private readonly List<double> weights = [];

    public override Callback Create(string folder) => monitors.Count == 1
        ? new EarlyStopping(monitors[0].Name, minDelta, patience, 0, monitors[0].Max ? "max" : "min", baseline, restores, startFromEpoch)
        : new EarlyStopping(
            minDelta: minDelta, patience: patience, baseline: baseline, restoreBestWeights: restores, startFromEpoch: startFromEpoch,
            monitors: [.. monitors.Select(one => new MonitoredValue(one.Name, one.Max ? "max" : "min"))]);

    public override string ToString() =>
        $"Stop({string.Join(" ", monitors)}, patience {patience}, delta {minDelta}, baseline {baseline}, restores {restores}, start {startFromEpoch})";

    public override void Finish(SlowTraining training)
    {
        if (restores && Records(values[0], monitors[0].Max, minDelta) is { Count: > 0 } records)
        {
            training.Weights = weights[records[^1]];
            training.Did.Add($"{values[0].Count - 1} weights_restored  {values[0][records[^1]]}");
        }
    }

    protected override void Act(SlowTraining training, int epoch, Dictionary<string, double> logs)
    {
        weights.Add(training.Weights);
        for (var index = 0; index < monitors.Count; index++)
        {
            var there = logs.TryGetValue(monitors[index].Name, out var value);
            values[index].Add(there && epoch >= startFromEpoch ? value : null);
            if (!there)
            {
                training.Did.Add($"{epoch} warning");
            }
        }

        for (var index = 0; index < monitors.Count; index++)
        {
            training.WarnOfNaN(epoch, values[index].FindIndex(value => value is not null) == epoch, values[index][epoch]);
        }

        bool Looked(int place) => values.Any(one => one[place] is not null);
        if (!Looked(epoch))
        {
            return;
        }

        // Patience starts anew with a record; the first monitor's must beat the baseline too.
        List<int>[] records = [.. monitors.Select((one, index) => Records(values[index], one.Max, minDelta))];
        bool Anew(int place) => Enumerable.Range(0, monitors.Count).Any(index =>
            records[index].Contains(place)
            && (index > 0 || baseline is not { } mark || Better(values[0][place]!.Value, mark, monitors[0].Max, minDelta)));
        var last = Enumerable.Range(0, epoch + 1).LastOrDefault(Anew, -1);
        var waited = Enumerable.Range(last + 1, epoch - last).Count(Looked);
        if (epoch > 0 && !records.Any(one => one.Contains(epoch)) && waited >= patience)
        {
            training.Stop = true;
            var best = records[0].Count > 0 ? values[0][records[0][^1]] : null;
            training.Did.Add($"{epoch} training_stopped {best} {(logs.TryGetValue(monitors[0].Name, out var current) ? current : (double?)null)}");
        }
    }
}

/// <summary>"Save the model or model weights at some frequency", the best only or all.</summary>
internal sealed class SaveRule(string monitor, bool max, bool bestOnly, double? threshold, int number) : CallbackRule(monitor)
{
    private readonly string monitor = monitor;

    public override Callback Create(string folder) => new ModelCheckpoint(
        $"{folder}/{number}-{{epoch}}.weights.h5", monitor, 0, bestOnly, saveWeightsOnly: true, max ? "max" : "min", initialValueThreshold: threshold);

    public override string ToString() => $"Save({monitor}, max {max}, best only {bestOnly}, threshold {threshold})";

    protected override void Act(SlowTraining training, int epoch, Dictionary<string, double> logs)
    {
        var records = Records(Seen, max, 0, threshold);
        var before = records.Count(place => place < epoch) is > 0 and var count ? Seen[records[count - 1]] : threshold;
        if (bestOnly && Seen[^1] is null)
        {
            training.Did.Add($"{epoch} warning");
        }

        if (bestOnly && Seen[^1] is not null && !records.Contains(epoch))
        {
            return;
        }

        if (bestOnly)
        {
            training.WarnOfNaN(epoch, records.Contains(epoch), Seen[^1]);
        }

        training.Files[$"{number}-{epoch + 1}.weights.h5"] = training.Weights;
        training.Did.Add($"{epoch} model_saved {(bestOnly ? before : null)} {Seen[^1]}");
    }
}

/// <summary>"At the beginning of every epoch" the rate is what a function says.</summary>
internal sealed class ScheduleRule(int every, double rate) : CallbackRule("")
{
    public override Callback Create(string folder) => new LearningRateScheduler(Next);

    public override string ToString() => $"Schedule({rate} every {every})";

    public override void Begin(SlowTraining training, int epoch)
    {
        training.Did.Add($"{epoch} learning_rate_set {training.Rate} {Next(epoch, training.Rate)}");
        training.Rate = Next(epoch, training.Rate);
    }

    protected override void Act(SlowTraining training, int epoch, Dictionary<string, double> logs) => logs["learning_rate"] = training.Rate;

    private double Next(int epoch, double old) => epoch % every == 0 ? rate : old;
}

/// <summary>The mean of the weights from an epoch on takes their place in the end.</summary>
internal sealed class AverageRule(int startEpoch) : CallbackRule("")
{
    private readonly List<double> weights = [];

    public override Callback Create(string folder) => new WeightAveraging(startEpoch);

    public override string ToString() => $"Average(from {startEpoch})";

    public override void Finish(SlowTraining training)
    {
        double[] taken = [.. weights.Skip(startEpoch)];
        training.Did.Add(taken.Length == 0 ? $"{weights.Count - 1} warning" : $"{weights.Count - 1} weights_averaged  {taken.Length}");
        training.Weights = taken.Length == 0 ? training.Weights : taken.Average();
    }

    protected override void Act(SlowTraining training, int epoch, Dictionary<string, double> logs) => weights.Add(training.Weights);
}
