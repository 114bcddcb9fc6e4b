using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Tests.Data;
using Cairn.Tests.Training;

namespace Cairn.Tests;

public sealed class OnBatchTests
{
    [Fact]
    public void Training_on_batches_gives_the_weights_of_Fit_and_the_logs_of_each_batch_alone()
    {
        var expected = new List<double>();
        using Sequential fitted = SmallData.Model();
        fitted.Fit(SmallData.X, SmallData.Y, batchSize: SmallData.BatchSize, shuffle: false, verbose: 0, seed: 11,
            callbacks: [new LambdaCallback(onTrainBatchEnd: (_, logs) => expected.Add(logs["loss"]))]);
        using Sequential stepped = SmallData.Model();
        var actual = new List<double>();

        foreach (Batch batch in SmallData.Batches())
        {
            actual.Add(stepped.TrainOnBatch(batch.X, batch.Y!)["loss"]);
        }

        Assert.Equal(ReferenceRun.Flatten(fitted), ReferenceRun.Flatten(stepped));

        // Fit logs the mean of the batches so far, weighted with their samples.
        Batch[] batches = [.. SmallData.Batches()];
        for (int i = 0; i < batches.Length; i++)
        {
            double mean = Enumerable.Range(0, i + 1).Sum(j => actual[j] * batches[j].Count) / batches[..(i + 1)].Sum(b => b.Count);
            Assert.Equal(expected[i], mean, 1e-6);
        }
    }

    [Fact]
    public void The_logs_of_a_batch_are_those_of_an_evaluation_of_it_whatever_came_before()
    {
        using Sequential model = SmallData.Model();
        Batch[] batches = [.. SmallData.Batches()];
        foreach (Batch batch in batches)
        {
            Logs alone = model.TestOnBatch(batch.X, batch.Y!);
            Logs evaluated = model.Evaluate([batch], verbose: 0);
            Assert.Equal(evaluated["loss"], alone["loss"]);
            Assert.Equal(evaluated["accuracy"], alone["accuracy"]);
        }
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
    public void With_several_steps_an_execution_callbacks_are_called_before_the_first_and_after_the_last(int steps,
    int[] begins, int[] ends)
    {
        using Sequential plain = SmallData.Model();
        plain.Fit(SmallData.X, SmallData.Y, batchSize: SmallData.BatchSize, verbose: 0, seed: 11);
        using Sequential model = SmallData.Model();
        model.Compile(new Cairn.Optimizers.Adam(0.1), "sparse_categorical_crossentropy", ["accuracy"], stepsPerExecution: steps);
        var begun = new List<int>();
        var ended = new List<int>();

        model.Fit(
            SmallData.X, SmallData.Y, batchSize: SmallData.BatchSize, verbose: 0, seed: 11,
            callbacks: [
                new LambdaCallback(onTrainBatchBegin: (batch, _) => begun.Add(batch), onTrainBatchEnd: (batch, _) => ended.Add(batch))]);

        Assert.Equal(begins, begun);
        Assert.Equal(ends, ended);
        Assert.Equal(ReferenceRun.Flatten(plain), ReferenceRun.Flatten(model));
    }
}
