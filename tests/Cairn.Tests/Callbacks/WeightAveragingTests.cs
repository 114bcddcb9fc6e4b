using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

/// <summary>The weights after an epoch are its index, see <see cref="PlayedTraining"/>.</summary>
public sealed class WeightAveragingTests
{
    [Fact]
    public void The_mean_of_the_weights_from_an_epoch_on_replaces_them_at_the_end()
    {
        var averaging = new WeightAveraging(startEpoch: 2, verbose: 1);
        var during = new List<double>();
        PlayedTraining training = null!;
        training = new PlayedTraining([averaging]);
        training.Run(Enumerable.Repeat(new[] { ("loss", 1.0) }, 6), _ => during.Add(training.Weights));
        Assert.Equal([0, 1, 2, 3, 4, 5], during);
        Assert.Equal((2 + 3 + 4 + 5) / 4.0, training.Weights, 1e-6);
        TrainingEvent averaged = Assert.Single(training.History.Events);
        Assert.Equal((5, EventKind.WeightsAveraged, 4.0, "weights set to their mean over 4 epochs"),
            (averaged.Epoch, averaged.Kind, averaged.NewValue, averaged.Message));
        Assert.Equal("WeightAveraging: weights set to their mean over 4 epochs.\n", training.Output);
    }

    [Fact]
    public void A_moving_average_forgets_the_past()
    {
        // 0, then 0.25 · 0 + 0.75 · 1 = 0.75, then 0.25 · 0.75 + 0.75 · 2 = 1.6875.
        Assert.Equal(1.6875, new PlayedTraining([new WeightAveraging(decay: 0.25)]).Run(1, 1, 1).Weights, 1e-6);
        Assert.Equal(2, new PlayedTraining([new WeightAveraging(decay: 0)]).Run(1, 1, 1).Weights);
        Assert.Equal(0, new PlayedTraining([new WeightAveraging(decay: 1)]).Run(1, 1, 1).Weights);
    }

    [Fact]
    public void Batches_can_be_averaged_instead_of_epochs()
    {
        using var model = TinyModel.Create();
        var averaging = new WeightAveraging(startEpoch: 1, everyBatches: 2);
        var list = new CallbackList([averaging], model, new CallbackParams { Error = TextWriter.Null }, addHistory: true);
        list.OnTrainBegin();
        for (int epoch = 0; epoch < 2; epoch++)
        {
            list.OnEpochBegin(epoch);
            for (int batch = 0; batch < 5; batch++)
            {
                TinyModel.Fill(model, (10 * epoch) + batch);
                list.OnTrainBatchEnd(batch, Logs.Empty);
            }

            list.OnEpochEnd(epoch, Logs.Empty);
        }

        list.OnTrainEnd();
        Assert.Equal((11 + 13) / 2.0, TinyModel.Value(model), 1e-5);
        Assert.Equal(2, averaging.Count);
        Assert.Contains("2 batches", list.History!.Events[0].Message);
        Assert.False(new WeightAveraging().UsesTrainBatchHooks);
    }

    [Fact]
    public void Without_an_epoch_to_average_the_weights_stay_with_a_warning()
    {
        PlayedTraining training = new PlayedTraining([new WeightAveraging(startEpoch: 9)]).Run(1, 1);
        Assert.Equal(1, training.Weights);
        Assert.Equal(EventKind.Warning, Assert.Single(training.History.Events).Kind);
    }

    [Fact]
    public void Of_two_callbacks_that_replace_the_weights_the_last_one_wins()
    {
        var stopping = new EarlyStopping("loss", patience: 9, restoreBestWeights: true);
        Assert.Equal(1, new PlayedTraining([new WeightAveraging(), stopping]).Run(3, 1, 2).Weights);
        Assert.Equal(1, new PlayedTraining([stopping, new WeightAveraging()]).Run(3, 1, 2).Weights, 1e-6);
        Assert.Equal(1.5, new PlayedTraining([stopping, new WeightAveraging()]).Run(3, 1, 2, 2).Weights, 1e-6);
    }

    [Fact]
    public void A_saved_state_is_continued_and_a_second_training_starts_fresh()
    {
        var averaging = new WeightAveraging();
        var first = new PlayedTraining([averaging]);
        SavedState state = null!;
        first.Run(Enumerable.Repeat(new[] { ("loss", 1.0) }, 3), epoch => state = epoch == 1 ? averaging.SaveState()! : state);

        var restored = new WeightAveraging();
        PlayedTraining second = new PlayedTraining([restored, new Restorer(() => restored.LoadState(state))], initialEpoch: 2).Run(1);
        Assert.Equal(first.Weights, second.Weights);
        Assert.Equal(3, restored.Count);
        Assert.Equal(5.5, new PlayedTraining([averaging], initialEpoch: 5).Run(1, 1).Weights, 1e-6);
    }

    [Fact]
    public void Arguments_out_of_range_are_refused()
    {
        Assert.Equal("startEpoch", Assert.Throws<ArgumentOutOfRangeException>(() => new WeightAveraging(-1)).ParamName);
        Assert.Equal("decay", Assert.Throws<ArgumentOutOfRangeException>(() => new WeightAveraging(decay: 1.5)).ParamName);
        Assert.Equal("decay", Assert.Throws<ArgumentOutOfRangeException>(() => new WeightAveraging(decay: double.NaN)).ParamName);
        Assert.Equal("everyBatches", Assert.Throws<ArgumentOutOfRangeException>(() => new WeightAveraging(everyBatches: 0)).ParamName);
    }

    private sealed class Restorer(Action restore) : Callback
    {
        public override void OnTrainBegin(Logs logs) => restore();
    }
}
