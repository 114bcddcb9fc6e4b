using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

/// <summary>Several monitors; one alone is in <see cref="ReferenceReplayTests"/> and <see cref="MonitorCallbackTests"/>.</summary>
public sealed class EarlyStoppingTests
{
    [Fact]
    public void It_stops_only_when_none_of_several_values_has_improved_for_patience_epochs()
    {
        var stopping = new EarlyStopping(patience: 2, monitors: ["loss", "mae"]);
        PlayedTraining training = new PlayedTraining([stopping]).Run(Epochs((1, 9), (2, 8), (3, 7), (4, 7), (5, 7), (6, 0)));

        // mae improves until the epoch with index 2; the two after it do not.
        Assert.Equal(4, stopping.StoppedEpoch);
        Assert.Equal([1.0, 7.0], stopping.BestValues);
        TrainingEvent stopped = Assert.Single(training.History.Events);
        Assert.Equal((EventKind.TrainingStopped, 1.0, 5.0), (stopped.Kind, stopped.OldValue, stopped.NewValue));
        Assert.Equal("early stopping: none of loss, mae improved for 2 epochs", stopped.Message);
    }

    [Fact]
    public void The_first_value_decides_which_weights_are_restored()
    {
        var stopping = new EarlyStopping(patience: 2, restoreBestWeights: true, verbose: 1, monitors: ["loss", "mae"]);
        PlayedTraining training = new PlayedTraining([stopping]).Run(Epochs((3, 9), (1, 8), (2, 7), (2, 7), (2, 7)));
        Assert.Equal((1, 1.0, 4), (stopping.BestEpoch, stopping.Best, stopping.StoppedEpoch));
        Assert.Equal(1, training.Weights);
        Assert.Equal("Epoch 5: early stopping\nRestoring model weights from the end of the best epoch: 2.\n", training.Output);
    }

    [Fact]
    public void Each_value_can_have_its_own_mode_and_smallest_difference()
    {
        var stopping = new EarlyStopping(patience: 1, minDelta: 1, monitors: ["loss", new("mae", mode: "max", minDelta: 0.25)]);

        // mae grows by 0.5, above its own 0.25, then by 0.125; loss falls by less than 1 throughout.
        new PlayedTraining([stopping]).Run(Epochs((5, 1), (4.5, 1.5), (4.25, 1.625), (0, 9)));
        Assert.Equal(2, stopping.StoppedEpoch);
        Assert.Equal([new("loss", "auto", 1), new("mae", "max", 0.25)], stopping.Monitors);
    }

    [Fact]
    public void The_baseline_is_one_for_the_first_value()
    {
        var stopping = new EarlyStopping(patience: 3, baseline: 0, monitors: ["loss", "mae"]);

        // loss improves in every epoch without reaching 0, so patience is reset by mae only, at the epoch with index 1.
        new PlayedTraining([stopping]).Run(Epochs((9, 5), (8, 4), (7, 4), (6, 4), (6, 4), (5, 4)));
        Assert.Equal(4, stopping.StoppedEpoch);
    }

    [Fact]
    public void A_missing_value_gives_a_warning_and_the_others_decide()
    {
        var stopping = new EarlyStopping(patience: 1, monitors: ["val_loss", "mae"]);
        PlayedTraining training = new PlayedTraining([stopping]).Run(Epochs((1, 1), (1, 1)));
        Assert.Equal(1, stopping.StoppedEpoch);
        Assert.Contains(
            "Early stopping conditioned on metric `val_loss` which is not available. Available metrics are: loss,mae",
            training.History.Events.Select(happened => happened.Message));
        Assert.Null(stopping.BestValues[0]);

        // Without any of the values, nothing happens, as in Keras.
        new PlayedTraining([stopping]).Run([[], [], []]);
        Assert.Equal((0, 0), (stopping.Wait, stopping.StoppedEpoch));
    }

    [Fact]
    public void One_in_a_list_acts_like_one_alone()
    {
        double[] losses = [3, 2, 2.5, double.NaN, 1, 1, 1, 1];
        var alone = new EarlyStopping("loss", 0.25, 3, 1, restoreBestWeights: true);
        var listed = new EarlyStopping(minDelta: 0.25, patience: 3, verbose: 1, restoreBestWeights: true, monitors: ["loss"]);
        PlayedTraining expected = new PlayedTraining([alone]).Run(losses);
        PlayedTraining actual = new PlayedTraining([listed]).Run(losses);
        Assert.Equal(expected.History.Events, actual.History.Events);
        Assert.Equal(expected.Output, actual.Output);
        Assert.Equal(expected.Weights, actual.Weights);
    }

    [Fact]
    public void An_invalid_list_is_refused()
    {
        Assert.Contains("monitors is empty", Assert.Throws<ArgumentException>(() => new EarlyStopping(monitors: [])).Message);
        Assert.Contains("names 'loss' twice",
            Assert.Throws<ArgumentException>(() => new EarlyStopping(monitors: ["loss", "loss"])).Message);
        Assert.Contains("without a name", Assert.Throws<ArgumentException>(() => new EarlyStopping(monitors: ["loss", default])).Message);
        Assert.Contains("both set", Assert.Throws<ArgumentException>(() => new EarlyStopping("mae", monitors: ["loss"])).Message);
        Assert.Contains("'mae' with mode 'auto'", Assert.Throws<ArgumentException>(
            () => new PlayedTraining([new EarlyStopping(monitors: ["loss", "mae "])]).Run(1)).Message.Replace("'mae '", "'mae'",
            StringComparison.Ordinal));
    }

    private static IEnumerable<(string, double)[]> Epochs(params (double Loss, double Mae)[] epochs) =>
        epochs.Select(epoch => new[] { ("loss", epoch.Loss), ("mae", epoch.Mae) });
}
