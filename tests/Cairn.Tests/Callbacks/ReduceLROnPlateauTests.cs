using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

/// <summary>Features beyond Keras; the rest is in <see cref="ReferenceReplayTests"/> and <see cref="MonitorCallbackTests"/>.</summary>
public sealed class ReduceLROnPlateauTests
{
    [Fact]
    public void With_restored_weights_each_reduction_starts_from_the_best_epoch()
    {
        var reduce = new ReduceLROnPlateau("loss", factor: 0.5, patience: 2, verbose: 1, minDelta: 0, restoreBestWeights: true);
        var weights = new List<double>();
        PlayedTraining training = null!;
        training = new PlayedTraining([reduce]);
        training.Run([.. new[] { 3.0, 2, 4, 4, 4, 1, 2, 2 }.Select(loss => new[] { ("loss", loss) })], _ => weights.Add(training.Weights));

        // Two epochs after the best values at indices 1 and 5, the weights of those epochs are restored.
        Assert.Equal([0, 1, 2, 1, 4, 5, 6, 5], weights);
        Assert.Equal(["3 learning_rate_reduced", "3 weights_restored", "7 learning_rate_reduced", "7 weights_restored"], training.Events);
        TrainingEvent restored = training.History.Events[1];
        Assert.Equal((2.0, "weights restored from the end of epoch 2"), (restored.NewValue, restored.Message));
        Assert.Contains(
            "\nEpoch 4: ReduceLROnPlateau reducing learning rate to 0.25.\n"
            + "\nEpoch 4: ReduceLROnPlateau restoring model weights from the end of the best epoch: 2.\n",
            training.Output);
        Assert.Equal(0.125, training.Model.Optimizer!.LearningRate);
    }

    [Fact]
    public void Weights_stay_at_the_minimum_rate_and_without_restoreBestWeights()
    {
        PlayedTraining lowest = new PlayedTraining([new ReduceLROnPlateau("loss", patience: 1, minLr: 0.5, restoreBestWeights: true)],
            learningRate: 0.5).Run(1, 2, 3);
        Assert.Equal(2, lowest.Weights);
        Assert.Empty(lowest.History.Events);
        PlayedTraining plain = new PlayedTraining([new ReduceLROnPlateau("loss", patience: 1)]).Run(1, 2, 3);
        Assert.Equal(2, plain.Weights);
        Assert.Equal(["1 learning_rate_reduced", "2 learning_rate_reduced"], plain.Events);
    }

    [Fact]
    public void A_second_training_does_not_restore_weights_of_the_first()
    {
        var reduce = new ReduceLROnPlateau("loss", patience: 1, restoreBestWeights: true);
        new PlayedTraining([reduce]).Run(1, 2);
        PlayedTraining second = new PlayedTraining([reduce], initialEpoch: 10).Run(5, 6);
        Assert.Equal(10, second.Weights);
        Assert.Equal(10, reduce.BestEpoch);
    }

    [Fact]
    public void Events_of_OnTrainBegin_belong_to_the_first_epoch_of_the_run()
    {
        PlayedTraining training = new PlayedTraining([new SpeaksFirst()], initialEpoch: 7).Run(1);
        Assert.Equal(["7 said"], training.Events);

        using var model = TinyModel.Create();
        var x = NDArray.From(new float[] { 0, 1, 1, 0 }, [2, 2]);
        History history = model.Fit(x, NDArray.From(new float[] { 1, 2 }, [2, 1]), initialEpoch: 3, epochs: 4, verbose: 0,
            callbacks: [new SpeaksFirst()]);
        Assert.Equal(3, Assert.Single(history.Events).Epoch);
    }

    private sealed class SpeaksFirst : Callback
    {
        public override void OnTrainBegin(Logs logs) => Record("said", "before the first epoch");
    }
}
