using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

public sealed class TrainingTimerTests
{
    private readonly ManualClock clock = new();

    [Fact]
    public void The_batch_in_which_the_time_is_up_is_the_last_and_the_model_of_that_moment_is_saved()
    {
        using var folder = new Saving.TemporaryFolder();
        var timer = new TrainingTimer(TimeSpan.FromSeconds(10), folder["new/in_time.weights.h5"], saveWeightsOnly: true, verbose: 1, clock);
        using var model = TinyModel.Create();
        var output = new StringWriter();
        var list = new CallbackList([timer], model, new CallbackParams { Output = output }, addHistory: true);
        list.OnTrainBegin();
        list.OnEpochBegin(0);
        for (int batch = 0; batch < 5 && !model.StopTraining; batch++)
        {
            TinyModel.Fill(model, batch);
            clock.Seconds += 4;
            list.OnTrainBatchEnd(batch, Logs.Empty);
        }

        // 4, 8, 12: the third batch.
        TinyModel.Fill(model, 9);
        list.OnEpochEnd(0, Logs.Empty);
        Assert.Equal(
            [
                new TrainingEvent(0, 2, "TrainingTimer", EventKind.TrainingStopped, 10, 12,
                    "the time budget of 10 s was exceeded after 12 s", null),
                new TrainingEvent(0, 2, "TrainingTimer", EventKind.ModelSaved, null, null,
                    $"weights saved to {folder["new/in_time.weights.h5"]}", folder["new/in_time.weights.h5"]),
            ],
            list.History!.Events);
        Assert.Equal("TrainingTimer: the time budget of 10 s was exceeded after 12 s, stopping training\n", output.ToString());
        model.LoadWeights(folder["new/in_time.weights.h5"]);
        Assert.Equal(2, TinyModel.Value(model));
    }

    [Fact]
    public void Time_of_a_validation_counts_and_each_training_has_its_own_budget()
    {
        var timer = new TrainingTimer(TimeSpan.FromSeconds(10), null, saveWeightsOnly: false, 0, clock);
        Assert.Equal([0, 1], new PlayedTraining([new Spends(clock, 5), timer]).Run(1, 1, 1, 1).History.Epochs);
        Assert.Equal([0], new PlayedTraining([new Spends(clock, 11), timer]).Run(1, 1).History.Epochs);
        Assert.Equal(11, timer.Elapsed.TotalSeconds);
    }

    [Fact]
    public void A_resumed_run_counts_the_time_before_the_restart()
    {
        var timer = new TrainingTimer(TimeSpan.FromSeconds(10), null, saveWeightsOnly: false, 0, clock);
        SavedState state = null!;
        new PlayedTraining([new Spends(clock, 4), timer]).Run([[("loss", 1)]], _ => state = timer.SaveState()!);
        clock.Seconds += 1000;
        var later = new TrainingTimer(TimeSpan.FromSeconds(10), null, saveWeightsOnly: false, 0, clock);
        PlayedTraining resumed = new PlayedTraining([new Spends(clock, 4, () => later.LoadState(state)), later], initialEpoch: 1)
            .Run(1, 1, 1, 1);
        Assert.Equal([1, 2], resumed.History.Epochs);
        Assert.Equal(12, later.Elapsed.TotalSeconds);
    }

    [Fact]
    public void In_a_real_training_it_ends_the_epoch_in_order()
    {
        using var model = TinyModel.Create();
        var x = NDArray.From(new float[2000], [1000, 2]);
        History history = model.Fit(
            x, NDArray.From(new float[1000], [1000, 1]), batchSize: 1, epochs: 1000, verbose: 0, validationSplit: 0.1,
            callbacks: [new TrainingTimer(TimeSpan.FromTicks(1))]);
        Assert.Equal([0], history.Epochs);
        Assert.Equal((0, 0), (history.Events[0].Epoch, history.Events[0].Batch));
        Assert.True(history.TryGetValue("val_loss", out _));
        Assert.Equal(1, model.Optimizer!.Iterations);
    }

    [Fact]
    public void A_zero_budget_and_a_wrong_file_name_are_refused()
    {
        Assert.Equal("maxTime", Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingTimer(TimeSpan.Zero)).ParamName);
        Assert.Contains("Use \"m.keras\"", Assert.Throws<ArgumentException>(() => new TrainingTimer(TimeSpan.FromHours(1), "m")).Message);
        Assert.Contains("Use \"m.weights.h5\"",
            Assert.Throws<ArgumentException>(() => new TrainingTimer(TimeSpan.FromHours(1), "m.keras", saveWeightsOnly: true)).Message);
    }

    private sealed class Spends(ManualClock clock, double seconds, Action? atFirst = null) : Callback
    {
        public override void OnEpochBegin(int epoch, Logs logs)
        {
            if (epoch == 1)
            {
                atFirst?.Invoke();
            }
        }

        public override void OnEpochEnd(int epoch, Logs logs) => clock.Seconds += seconds;
    }
}
