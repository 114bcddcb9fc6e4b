using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Tests.Data;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests;

/// <summary>One thread at a time uses a model; other threads get an exception, and the run continues.</summary>
public sealed class BusyModelTests
{
    [Fact]
    public void Calls_of_another_thread_during_training_are_refused_and_do_not_affect_the_run()
    {
        using Sequential alone = SmallData.Model();
        alone.Fit(SmallData.X, SmallData.Y, epochs: 2, verbose: 0, seed: 3);
        using Sequential model = SmallData.Model();
        var told = new List<string>();

        model.Fit(SmallData.X, SmallData.Y, epochs: 2, verbose: 0, seed: 3, callbacks: [new LambdaCallback(onTrainBatchEnd: (batch, _) =>
        {
            if (batch > 0 || told.Count > 0)
            {
                return;
            }

            Action[] others =
            [
                () => model.Fit(SmallData.X, SmallData.Y, verbose: 0),
                () => model.Fit(SmallData.Batches().ToArray(), verbose: 0),
                () => model.Evaluate(SmallData.X, SmallData.Y, verbose: 0),
                () => model.TrainOnBatch(SmallData.X, SmallData.Y),
                () => model.TestOnBatch(SmallData.X, SmallData.Y),
                () => model.Predict(SmallData.X, verbose: 0),
                () => model.Compile("sgd", "mse"),
                model.Dispose,
            ];
            told.AddRange(others.Select(other => OnAnotherThread(other).Message));
        })]);

        Assert.Equal(8, told.Count);
        Assert.All(told, message => Assert.Contains("Fit is running on it in another thread", message, StringComparison.Ordinal));
        Assert.Equal(ReferenceRun.Flatten(alone), ReferenceRun.Flatten(model));
        model.Fit(SmallData.X, SmallData.Y, verbose: 0);
    }

    [Fact]
    public void Two_threads_train_one_model_in_turn_or_one_of_them_is_refused()
    {
        using Sequential model = SmallData.Model();
        int refused = 0;
        int done = 0;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            try
            {
                model.Fit(SmallData.X, SmallData.Y, epochs: 3, verbose: 0);
                Interlocked.Increment(ref done);
            }
            catch (InvalidOperationException exception) when (exception.Message.Contains("in another thread", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref refused);
            }
        });

        Assert.True(done >= 1);
        Assert.Equal(8, done + refused);
    }

    [Fact]
    public void Several_threads_may_predict_at_once()
    {
        using Sequential model = SmallData.Model();
        float[] expected = model.Predict(SmallData.X, verbose: 0).ToArray();

        Parallel.For(0, 16, _ => Assert.Equal(expected, model.Predict(SmallData.X, batchSize: 4, verbose: 0).ToArray()));
    }

    [Fact]
    public void A_callback_can_not_dispose_its_model()
    {
        using Sequential model = SmallData.Model();

        CallbackException exception = Assert.Throws<CallbackException>(() => model.Fit(
            SmallData.X, SmallData.Y, verbose: 0, callbacks: [new LambdaCallback(onTrainBatchEnd: (_, _) => model.Dispose())]));

        Assert.Contains("Dispose can't be called on the model", exception.InnerException!.Message, StringComparison.Ordinal);
        Assert.Equal(SmallData.Count, model.Predict(SmallData.X, verbose: 0).Shape[0]);
    }

    [Fact]
    public void A_disposed_model_throws_ObjectDisposedException()
    {
        using var folder = new TemporaryFolder();
        Sequential model = SmallData.Model();
        model.Fit(SmallData.X, SmallData.Y, verbose: 0);
        model.Dispose();
        model.Dispose();

        foreach (Action use in (Action[])
        [
            () => model.Fit(SmallData.X, SmallData.Y, verbose: 0),
            () => model.Fit(SmallData.Batches().ToArray(), verbose: 0),
            () => model.Evaluate(SmallData.X, SmallData.Y, verbose: 0),
            () => model.Predict(SmallData.X, verbose: 0),
            () => model.PredictOnBatch(SmallData.X),
            () => model.TrainOnBatch(SmallData.X, SmallData.Y),
            () => model.TestOnBatch(SmallData.X, SmallData.Y),
            () => model.Compile("sgd", "mse"),
            () => model.GetWeights(),
            () => model.SetWeights([]),
            () => model.Save(folder["model.keras"]),
            () => model.SaveWeights(folder["model.weights.h5"]),
            () => model.LoadWeights(folder["model.weights.h5"]),
        ])
        {
            Assert.Contains("is disposed", Assert.Throws<ObjectDisposedException>(use).Message, StringComparison.Ordinal);
        }
    }

    private static Exception OnAnotherThread(Action action)
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(action));
        thread.Start();
        thread.Join();
        return Assert.IsType<InvalidOperationException>(thrown);
    }
}
