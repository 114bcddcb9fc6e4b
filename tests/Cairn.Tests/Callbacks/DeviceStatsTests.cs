using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

public sealed class DeviceStatsTests
{
    private static readonly NDArray X = NDArray.From(new float[] { 0, 1, 1, 0, 1, 1, 0, 0, 2, 1 }, [5, 2]);
    private static readonly NDArray Y = NDArray.From(new float[] { 1, 2, 3, 0, 4 }, [5, 1]);

    [Fact]
    public void Every_epoch_has_memory_and_speed_in_its_logs()
    {
        using var model = TinyModel.Create();
        History history = model.Fit(X, Y, batchSize: 2, epochs: 3, verbose: 0, callbacks: [new DeviceStats()]);

        // A process with libtorch in it takes tens of megabytes, and less than the machine has.
        Assert.All(history["resident_mb"],
            mb => Assert.InRange(mb, 10, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 20)));
        Assert.All(history["gc_mb"], mb => Assert.InRange(mb, 0.1, history["resident_mb"].Max() * 10));
        Assert.All(history["samples_per_second"], speed => Assert.True(double.IsFinite(speed) && speed > 0));
        Assert.Equal(3, history["samples_per_second"].Count);
    }

    [Fact]
    public void Speed_is_samples_by_the_time_of_training_without_validation()
    {
        using var model = TinyModel.Create();
        var clock = new HandClock();
        History history = model.Fit(
            X, Y, batchSize: 2, epochs: 2, verbose: 0, validationData: (X, Y),
            callbacks: [new DeviceStats("epoch", clock),
                new LambdaCallback(onTrainBatchEnd: (_, _) => clock.Seconds += 2, onTestBatchEnd: (_, _) => clock.Seconds += 1000)]);

        // Five samples in three batches of two seconds each.
        Assert.Equal([5 / 6.0, 5 / 6.0], history["samples_per_second"]);
    }

    [Fact]
    public void A_training_that_stops_within_an_epoch_counts_what_was_trained()
    {
        using var model = TinyModel.Create();
        var clock = new HandClock();
        History history = model.Fit(
            X, Y, batchSize: 2, epochs: 2, verbose: 0,
            callbacks:
            [
                new DeviceStats("epoch", clock),
                new LambdaCallback(onTrainBatchEnd: (batch, _) =>
                {
                    clock.Seconds += 2;
                    model.StopTraining = batch == 1;
                }),
            ]);
        Assert.Equal([4 / 4.0], history["samples_per_second"]);
    }

    [Fact]
    public void Every_n_batches_the_batch_logs_have_it_too()
    {
        using var model = TinyModel.Create();
        var clock = new HandClock();
        List<double?> seen = [];
        model.Fit(
            X, Y, batchSize: 2, epochs: 2, verbose: 0,
            callbacks:
            [
                new LambdaCallback(onTrainBatchEnd: (_, _) => clock.Seconds += 1),
                new DeviceStats(2, clock),
                new LambdaCallback(onTrainBatchEnd: (_, logs) =>
                    seen.Add(logs.TryGetValue("samples_per_second", out double speed) ? speed : null)),
            ]);

        // Batches 2, 4 and 6 of the training: after two of the first epoch, and one and three of the second.
        Assert.Equal([null, 4 / 2.0, null, 2 / 1.0, null, 5 / 3.0], seen);
        Assert.False(new DeviceStats().UsesTrainBatchHooks);
    }

    [Fact]
    public void It_resumes_after_a_restart_and_survives_JSON()
    {
        using var model = TinyModel.Create();
        var stats = new DeviceStats(2);
        var logs = new Logs([new("loss", 1)]);
        var list = new CallbackList([stats, new LambdaCallback(onTrainBatchEnd: (_, seen) => logs = seen)], model);
        list.OnTrainBegin();
        list.LoadStates([new SavedState(new System.Text.Json.Nodes.JsonObject { ["batches"] = 3 }), new SavedState()], 0, inEpoch: true);
        list.OnTrainBatchEnd(0, new Logs([new("loss", 1)]));
        Assert.True(logs.ContainsKey("resident_mb"));
        Assert.Equal(4, stats.SaveState()!.GetInt64("batches"));
        Assert.Equal(2,
            Assert.IsType<DeviceStats>(CallbackSerialization.Deserialize(CallbackSerialization.Serialize(stats))).UpdateFreq.Batches);
        Assert.Equal("updateFreq", Assert.Throws<ArgumentOutOfRangeException>(() => new DeviceStats(0)).ParamName);
    }

    private sealed class HandClock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
