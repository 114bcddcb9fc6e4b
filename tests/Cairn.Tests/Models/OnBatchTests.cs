using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Tests.Data;
using Cairn.Tests.Training;

namespace Cairn.Tests;

public sealed class OnBatchTests
{
    [Fact]
    public void Training_on_batches_gives_the_weights_and_running_logs_of_Fit()
    {
        var expected = new List<double>();
        using Sequential fitted = SmallData.Model();
        fitted.Fit(SmallData.X, SmallData.Y, batchSize: SmallData.BatchSize, shuffle: false, verbose: 0, seed: 11, callbacks: [new LambdaCallback(onTrainBatchEnd: (_, logs) => expected.Add(logs["loss"]))]);
        using Sequential stepped = SmallData.Model();
        var actual = new List<double>();

        foreach (Batch batch in SmallData.Batches())
        {
            actual.Add(stepped.TrainOnBatch(batch.X, batch.Y!)["loss"]);
        }

        Assert.Equal(ReferenceRun.Flatten(fitted), ReferenceRun.Flatten(stepped));
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Logs_run_on_over_batches_until_they_are_reset()
    {
        using Sequential model = SmallData.Model();
        Batch[] batches = [.. SmallData.Batches()];
        Logs whole = model.Evaluate(batches, verbose: 0);
        model.ResetMetrics();

        Logs last = Logs.Empty;
        foreach (Batch batch in batches)
        {
            last = model.TestOnBatch(batch.X, batch.Y!);
        }

        model.ResetMetrics();
        Logs alone = model.TestOnBatch(batches[0].X, batches[0].Y!);

        Assert.Equal(whole["loss"], last["loss"]);
        Assert.Equal(whole["accuracy"], last["accuracy"]);
        Assert.Equal(model.Evaluate(batches.Take(1).ToArray(), verbose: 0)["loss"], alone["loss"]);
    }

    [Fact]
    public void One_batch_is_predicted_as_whole_arrays_are()
    {
        using Sequential model = SmallData.Model();
        Assert.Equal(model.Predict(SmallData.X, verbose: 0).ToArray(), model.PredictOnBatch(SmallData.X).ToArray());
    }

    [Theory]
    [InlineData(2, new[] { 0, 2, 4 }, new[] { 1, 3, 4 })]
    [InlineData(3, new[] { 0, 3 }, new[] { 2, 4 })]
    [InlineData(100, new[] { 0 }, new[] { 4 })]
    public void With_several_steps_an_execution_callbacks_are_called_before_the_first_and_after_the_last(int steps, int[] begins, int[] ends)
    {
        using Sequential plain = SmallData.Model();
        plain.Fit(SmallData.X, SmallData.Y, batchSize: SmallData.BatchSize, verbose: 0, seed: 11);
        using Sequential model = SmallData.Model();
        model.Compile(new Cairn.Optimizers.Adam(0.1), "sparse_categorical_crossentropy", ["accuracy"], stepsPerExecution: steps);
        var begun = new List<int>();
        var ended = new List<int>();

        model.Fit(
            SmallData.X, SmallData.Y, batchSize: SmallData.BatchSize, verbose: 0, seed: 11,
            callbacks: [new LambdaCallback(onTrainBatchBegin: (batch, _) => begun.Add(batch), onTrainBatchEnd: (batch, _) => ended.Add(batch))]);

        Assert.Equal(begins, begun);
        Assert.Equal(ends, ended);
        Assert.Equal(ReferenceRun.Flatten(plain), ReferenceRun.Flatten(model));
    }
}
