using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

/// <summary>
/// The rules of callbacks, stated over all values seen so far instead of with running counters: slow, and written from
/// Keras' documentation, not from our code. Values are multiples of 1/4, exact in float32.
/// </summary>
internal abstract class CallbackRule(string monitor)
{
    /// <summary>The monitored values, epoch by epoch; null for a missing value.</summary>
    protected List<double?> Seen { get; } = [];

    public abstract Callback Create(string folder);

    public virtual void Begin(SlowTraining training, int epoch)
    {
    }

    /// <summary>Records a batch.</summary>
    public virtual void EndBatch(SlowTraining training, int epoch, int batch, double loss)
    {
    }

    /// <summary>Records the epoch and acts.</summary>
    public virtual void End(SlowTraining training, int epoch, Dictionary<string, double> logs)
    {
        Seen.Add(logs.TryGetValue(monitor, out double value) ? value : null);
        Act(training, epoch, logs);
    }

    public virtual void Finish(SlowTraining training)
    {
    }

    protected abstract void Act(SlowTraining training, int epoch, Dictionary<string, double> logs);

    protected static bool Better(double value, double reference, bool max, double minDelta) =>
        max ? value - minDelta > reference : value + minDelta < reference;

    /// <summary>The indices of values that improve on the best value before them; the first value counts, unless there is a
    /// threshold.</summary>
    protected static List<int> Records(IReadOnlyList<double?> values, bool max, double minDelta, double? mark = null)
    {
        List<int> records = [];
        for (int place = 0; place < values.Count; place++)
        {
            double? toBeat = records.Count > 0 ? values[records[^1]] : mark;
            if (values[place] is { } value
                && (toBeat is not { } reference
                || (double.IsNaN(reference) ? double.IsFinite(value) : Better(value, reference, max, minDelta))))
            {
                records.Add(place);
            }
        }

        return records;
    }
}

/// <summary>"Reduce learning rate when a metric has stopped improving": no improvement for `patience` epochs, those of a cooldown not
/// counted.</summary>
internal sealed class ReduceRule(string monitor, Mode mode, int patience, double minDelta, int cooldown, double minLr, bool restores)
    : CallbackRule(monitor)
{
    private readonly List<double> weights = [];
    private readonly List<int> reductions = [];
    private readonly string monitor = monitor;

    public override Callback Create(string folder) =>
        new ReduceLROnPlateau(monitor, 0.5, patience, 0, mode.Name, minDelta, cooldown, minLr, restores);

    public override string ToString() =>
        $"Reduce({monitor}, {mode}, patience {patience}, delta {minDelta}, cooldown {cooldown}, minLr {minLr}, restores {restores})";

    protected override void Act(SlowTraining training, int epoch, Dictionary<string, double> logs)
    {
        weights.Add(training.Weights);
        logs["learning_rate"] = training.Rate;

        // Reading the rate may create the monitored name.
        if (monitor == "learning_rate")
        {
            Seen[^1] = training.Rate;
        }

        if (Seen[^1] is null)
        {
            training.Did.Add($"{training.At} warning");
            return;
        }

        // Only epochs with a value count. A cooldown of n skips n - 1 of them: counting starts again in its last one.
        int[] looked = [.. Enumerable.Range(0, Seen.Count).Where(place => Seen[place] is not null)];
        List<int> records = Records([.. looked.Select(place => Seen[place])], mode.IsMax(monitor), Math.Abs(minDelta));
        int now = looked.Length - 1;
        int resting = reductions.Count == 0 ? -1 : reductions[^1] + Math.Max(cooldown - 1, 0);
        training.WarnOfNaN(now == 0, Seen[^1]);
        if (records[^1] == now || now <= resting || now - Math.Max(records[^1], resting) < patience || training.Rate <= minLr)
        {
            return;
        }

        reductions.Add(now);
        double lower = Math.Max(training.Rate * 0.5, minLr);
        training.Did.Add($"{training.At} learning_rate_reduced {training.Rate} {lower}");
        training.Rate = lower;
        if (restores)
        {
            training.Weights = weights[looked[records[^1]]];
            training.Did.Add($"{training.At} weights_restored  {Seen[looked[records[^1]]]}");
        }
    }
}

/// <summary>"Stop training when a monitored metric has stopped improving", or each of several.</summary>
internal sealed class StopRule(
    IReadOnlyList<(string Name, Mode Mode)> monitors, int patience, double minDelta, double? baseline, bool restores, int startFromEpoch)
    : CallbackRule("")
{
    private readonly List<double?>[] values = [.. monitors.Select(_ => new List<double?>())];
    private readonly List<double> weights = [];

    public override Callback Create(string folder) => monitors.Count == 1
        ? new EarlyStopping(monitors[0].Name, minDelta, patience, 0, monitors[0].Mode.Name, baseline, restores, startFromEpoch)
        : new EarlyStopping(
            minDelta: minDelta, patience: patience, baseline: baseline, restoreBestWeights: restores, startFromEpoch: startFromEpoch,
            monitors: [.. monitors.Select(one => new MonitoredValue(one.Name, one.Mode.Name))]);

    public override string ToString() =>
        $"Stop({string.Join(" ", monitors)}, patience {patience}, delta {minDelta}, baseline {baseline}, restores {restores}, "
        + $"start {startFromEpoch})";

    public override void Finish(SlowTraining training)
    {
        if (restores && Records(values[0], monitors[0].Mode.IsMax(monitors[0].Name), Math.Abs(minDelta)) is { Count: > 0 } records)
        {
            training.Weights = weights[records[^1]];
            training.Did.Add($"{training.At} weights_restored  {values[0][records[^1]]}");
        }
    }

    protected override void Act(SlowTraining training, int epoch, Dictionary<string, double> logs)
    {
        int now = weights.Count;
        weights.Add(training.Weights);
        for (int index = 0; index < monitors.Count; index++)
        {
            bool there = logs.TryGetValue(monitors[index].Name, out double value);
            values[index].Add(there && epoch >= startFromEpoch ? value : null);
            if (!there)
            {
                training.Did.Add($"{training.At} warning");
            }
        }

        for (int index = 0; index < monitors.Count; index++)
        {
            training.WarnOfNaN(values[index].FindIndex(value => value is not null) == now, values[index][now]);
        }

        bool Looked(int place) => values.Any(one => one[place] is not null);
        if (!Looked(now))
        {
            return;
        }

        // An improvement resets patience; that of the first monitor must also beat the baseline.
        List<int>[] records = [.. monitors.Select((one, index) => Records(values[index], one.Mode.IsMax(one.Name), Math.Abs(minDelta)))];
        bool Anew(int place) => Enumerable.Range(0, monitors.Count).Any(index =>
            records[index].Contains(place)
            && (index > 0 || baseline is not { } mark
            || Better(values[0][place]!.Value, mark, monitors[0].Mode.IsMax(monitors[0].Name), Math.Abs(minDelta))));
        int last = Enumerable.Range(0, now + 1).LastOrDefault(Anew, -1);
        int waited = Enumerable.Range(last + 1, now - last).Count(Looked);
        if (epoch > 0 && !records.Any(one => one.Contains(now)) && waited >= patience)
        {
            training.Stop = true;
            double? best = records[0].Count > 0 ? values[0][records[0][^1]] : null;
            training.Did.Add($"{training.At} "
                + $"training_stopped {best} {(logs.TryGetValue(monitors[0].Name, out double current) ? current : (double?)null)}");
        }
    }
}

/// <summary>"Save the model or model weights at some frequency", epochs or a number of batches, the best only or all.</summary>
internal sealed class SaveRule(string monitor, Mode mode, bool bestOnly, double? threshold, int? every, int number) : CallbackRule(monitor)
{
    private readonly string monitor = monitor;
    private int batches;

    public override Callback Create(string folder) => new ModelCheckpoint(
        $"{folder}/{number}-{{epoch}}{(every is null ? "" : "-{batch}")}.weights.h5", monitor, 0, bestOnly,
        saveWeightsOnly: true, mode.Name,
        every is { } count ? count : SaveFrequency.Epoch, threshold);

    public override string ToString() => $"Save({monitor}, {mode}, best only {bestOnly}, threshold {threshold}, every {every})";

    public override void EndBatch(SlowTraining training, int epoch, int batch, double loss)
    {
        if (++batches % every == 0)
        {
            Seen.Add(monitor == "loss" ? loss : null);
            Consider(training, $"{epoch + 1}-{batch + 1}");
        }
    }

    public override void End(SlowTraining training, int epoch, Dictionary<string, double> logs)
    {
        if (every is null)
        {
            base.End(training, epoch, logs);
        }
    }

    protected override void Act(SlowTraining training, int epoch, Dictionary<string, double> logs) => Consider(training, $"{epoch + 1}");

    // Every save has a value, whether it is per epoch or per number of batches.
    private void Consider(SlowTraining training, string place)
    {
        int now = Seen.Count - 1;
        List<int> records = Records(Seen, mode.IsMax(monitor), 0, threshold);
        double? before = records.Count(occasion => occasion < now) is > 0 and var count ? Seen[records[count - 1]] : threshold;
        if (bestOnly && Seen[^1] is null)
        {
            training.Did.Add($"{training.At} warning");
        }

        if (bestOnly && Seen[^1] is not null && !records.Contains(now))
        {
            return;
        }

        if (bestOnly)
        {
            training.WarnOfNaN(records.Contains(now), Seen[^1]);
        }

        training.Files[$"{number}-{place}.weights.h5"] = training.Weights;
        training.Did.Add($"{training.At} model_saved {(bestOnly ? before : null)} {Seen[^1]}");
    }
}

/// <summary>"Terminates training when a NaN loss is encountered", at the batch, whose epoch still ends.</summary>
internal sealed class NaNRule() : CallbackRule("")
{
    public override Callback Create(string folder) => new TerminateOnNaN();

    public override string ToString() => "TerminateOnNaN";

    public override void EndBatch(SlowTraining training, int epoch, int batch, double loss)
    {
        if (!double.IsFinite(loss))
        {
            training.Stop = true;
            training.Did.Add($"{training.At} training_stopped  {loss}");
        }
    }

    protected override void Act(SlowTraining training, int epoch, Dictionary<string, double> logs)
    {
    }
}

/// <summary>"At the beginning of every epoch" the rate is the value of a function.</summary>
internal sealed class ScheduleRule(int every, double rate) : CallbackRule("")
{
    public override Callback Create(string folder) => new LearningRateScheduler(Next);

    public override string ToString() => $"Schedule({rate} every {every})";

    public override void Begin(SlowTraining training, int epoch)
    {
        training.Did.Add($"{training.At} learning_rate_set {training.Rate} {Next(epoch, training.Rate)}");
        training.Rate = Next(epoch, training.Rate);
    }

    protected override void Act(SlowTraining training, int epoch, Dictionary<string, double> logs) => logs["learning_rate"] = training.Rate;

    private double Next(int epoch, double old) => epoch % every == 0 ? rate : old;
}

/// <summary>The mean of the weights from an epoch on replaces the weights at the end.</summary>
internal sealed class AverageRule(int startEpoch) : CallbackRule("")
{
    private readonly List<double> weights = [];

    public override Callback Create(string folder) => new WeightAveraging(startEpoch);

    public override string ToString() => $"Average(from {startEpoch})";

    public override void Finish(SlowTraining training)
    {
        double[] taken = [.. weights.Skip(startEpoch - training.First)];
        training.Did.Add(taken.Length == 0 ? $"{training.At} warning" : $"{training.At} weights_averaged  {taken.Length}");
        training.Weights = taken.Length == 0 ? training.Weights : taken.Average();
    }

    protected override void Act(SlowTraining training, int epoch, Dictionary<string, double> logs) => weights.Add(training.Weights);
}

/// <summary>The direction of improvement: as given, or by the name with <c>"auto"</c>.</summary>
internal readonly record struct Mode(string Name)
{
    public bool IsMax(string monitor) => Name == "max" || (Name == "auto" && monitor.EndsWith("accuracy", StringComparison.Ordinal));

    public override string ToString() => Name;
}
