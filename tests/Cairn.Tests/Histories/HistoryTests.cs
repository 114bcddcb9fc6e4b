using System.Text.Json;
using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

public sealed class HistoryTests
{
    [Fact]
    public void It_holds_the_values_of_every_epoch_and_the_learning_rate_in_force()
    {
        History history = Train([], 0.1, [1.0, 0.5, 0.25], initialEpoch: 4);
        Assert.Equal([4, 5, 6], history.Epochs);
        Assert.Equal(["loss", "learning_rate"], history.Keys);
        Assert.Equal([1.0, 0.5, 0.25], history["loss"]);

        // A learning rate is kept in float32.
        Assert.Equal([0.1f, 0.1f, 0.1f], history["learning_rate"]);
    }

    [Fact]
    public void The_learning_rate_is_that_before_the_reduction_of_the_epoch_wherever_the_history_stands()
    {
        History last = Train([new ReduceLROnPlateau("loss", factor: 0.5, patience: 1)], 0.5, [1, 1, 1, 1]);
        Assert.Equal([0.5, 0.5, 0.25, 0.125], last["learning_rate"]);
        History first = Train([new History(), new ReduceLROnPlateau("loss", factor: 0.5, patience: 1)], 0.5, [1, 1, 1, 1]);
        Assert.Equal([0.5, 0.5, 0.25, 0.125], first["learning_rate"]);
    }

    [Fact]
    public void Actions_are_events_with_old_and_new_value()
    {
        History history = Train(
            [new ReduceLROnPlateau("loss", factor: 0.5, patience: 1), new EarlyStopping("loss", patience: 2, restoreBestWeights: true)],
            0.5, [1, 2, 3]);
        Assert.Equal(
            [
                new TrainingEvent(1, null, "ReduceLROnPlateau", EventKind.LearningRateReduced, 0.5, 0.25,
                    "learning rate reduced to 0.25", null),
                new TrainingEvent(2, null, "ReduceLROnPlateau", EventKind.LearningRateReduced, 0.25, 0.125,
                    "learning rate reduced to 0.125", null),
                new TrainingEvent(2, null, "EarlyStopping", EventKind.TrainingStopped, 1, 3,
                    "early stopping: loss did not improve for 2 epochs", null),
                new TrainingEvent(2, null, "EarlyStopping", EventKind.WeightsRestored, null, 1,
                    "weights restored from the end of epoch 1", null),
            ],
            history.Events);
    }

    [Fact]
    public void Events_survive_JSON_even_with_NaN()
    {
        var happened = new TrainingEvent(1, 2, "ModelCheckpoint", EventKind.ModelSaved, double.NaN, 0.5, "saved", "m.keras");
        Assert.Equal(happened, JsonSerializer.Deserialize<TrainingEvent>(JsonSerializer.Serialize(happened)));
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones()
    {
        History history = Train([], 0.1, [1.0]);
        Assert.False(history.TryGetValue("los", out _));
        KeyNotFoundException error = Assert.Throws<KeyNotFoundException>(() => history["los"]);
        Assert.Equal("The history has no 'los'. Did you mean 'loss'? Known: 'loss', 'learning_rate'.", error.Message);
    }

    [Fact]
    public void A_second_training_starts_with_an_empty_history()
    {
        var history = new History();
        Train([history, new EarlyStopping("loss", patience: 1)], 0.1, [1, 2]);
        Assert.NotEmpty(history.Events);
        Train([history], 0.1, [5]);
        Assert.Equal([5.0], history["loss"]);
        Assert.Equal([0], history.Epochs);
        Assert.Empty(history.Events);
    }

    private static History Train(IEnumerable<Callback> callbacks, double learningRate, double[] losses, int initialEpoch = 0)
    {
        var parameters = new CallbackParams { Output = TextWriter.Null, Error = TextWriter.Null };
        var list = new CallbackList(callbacks, TinyModel.Create(learningRate), parameters, addHistory: true);
        list.OnTrainBegin();
        for (int i = 0; i < losses.Length; i++)
        {
            list.OnEpochBegin(initialEpoch + i);
            list.OnEpochEnd(initialEpoch + i, new Logs([new("loss", losses[i])]));
        }

        list.OnTrainEnd();
        return list.History!;
    }
}
