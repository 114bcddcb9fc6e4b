using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

/// <summary>The point at which a training stops on request of a callback; the numbers follow from the loop of Keras' torch
/// backend.</summary>
public sealed class StopTrainingTests
{
    private static readonly NDArray X = NDArray.From(new float[] { 0, 1, 1, 0, 1, 1, 0, 0, 2, 1, 1, 2 }, [6, 2]);
    private static readonly NDArray Y = NDArray.From(new float[] { 1, 2, 3, 0, 4, 5 }, [6, 1]);

    /// <summary>The hook, the epochs that end, and the steps; four epochs of three batches, and the request comes in the second epoch's
    /// second batch.</summary>
    public static TheoryData<string, int, int> Hooks => new()
    {
        // Keras checks the flag only after batches and epochs, so at least one batch is trained.
        { "OnTrainBegin", 1, 1 },
        { "OnEpochBegin", 2, 3 + 1 },
        { "OnTrainBatchBegin", 2, 3 + 2 },
        { "OnTrainBatchEnd", 2, 3 + 2 },
        { "OnTestBegin", 2, 3 + 3 },
        { "OnTestBatchBegin", 2, 3 + 3 },
        { "OnTestBatchEnd", 2, 3 + 3 },
        { "OnTestEnd", 2, 3 + 3 },
        { "OnEpochEnd", 2, 3 + 3 },
        { "OnTrainEnd", 4, 12 },
    };

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Every_hook_may_request_a_stop_and_the_batch_and_the_epoch_end_normally(string hook, int epochs, int steps)
    {
        using var model = TinyModel.Create(0.01);
        var calls = new List<string>();
        int epoch = 0;
        void Ask(string here)
        {
            calls.Add(here);
            if (here == hook)
            {
                model.StopTraining = true;
            }
        }

        var asking = new LambdaCallback(
            onTrainBegin: _ => Ask("OnTrainBegin"),
            onEpochBegin: (index, _) => Ask((epoch = index) == 1 ? "OnEpochBegin" : ""),
            onTrainBatchBegin: (batch, _) => Ask(epoch == 1 && batch == 1 ? "OnTrainBatchBegin" : ""),
            onTrainBatchEnd: (batch, _) => Ask(epoch == 1 && batch == 1 ? "OnTrainBatchEnd" : ""),
            onTestBegin: _ => Ask(epoch == 1 ? "OnTestBegin" : ""),
            onTestBatchBegin: (_, _) => Ask(epoch == 1 ? "OnTestBatchBegin" : ""),
            onTestBatchEnd: (_, _) => Ask(epoch == 1 ? "OnTestBatchEnd" : ""),
            onTestEnd: _ => Ask(epoch == 1 ? "OnTestEnd" : ""),
            onEpochEnd: (_, _) => Ask(epoch == 1 ? "OnEpochEnd" : ""),
            onTrainEnd: _ => Ask("OnTrainEnd"));
        History history = model.Fit(X, Y, batchSize: 2, epochs: 4, verbose: 0, validationData: (X, Y), callbacks: [asking]);
        Assert.Equal(Enumerable.Range(0, epochs), history.Epochs);
        Assert.Equal(steps, model.Optimizer!.Iterations);
        Assert.Equal("OnTrainEnd", calls[^1]);

        // Every epoch that began was validated and has a loss.
        Assert.Equal(epochs, history["val_loss"].Count);
        Assert.All(history["loss"], loss => Assert.True(loss > 0));
    }

    [Fact]
    public void The_next_training_starts_without_the_stop_request()
    {
        using var model = TinyModel.Create(0.01);
        model.Fit(X, Y, batchSize: 2, epochs: 4, verbose: 0,
            callbacks: [new LambdaCallback(onEpochEnd: (_, _) => model.StopTraining = true)]);
        Assert.True(model.StopTraining);
        Assert.Equal([0, 1], model.Fit(X, Y, epochs: 2, verbose: 0).Epochs);
    }
}
