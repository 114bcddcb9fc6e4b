using System.Text.RegularExpressions;
using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

/// <summary>The callbacks in a real training.</summary>
public sealed class CallbacksInFitTests
{
    private static readonly NDArray X = NDArray.From(new float[] { 0, 1, 1, 0, 1, 1, 0, 0, 2, 1, 1, 2, 2, 2, 0, 2 }, [8, 2]);
    private static readonly NDArray Y = NDArray.From(new float[] { 1, 2, 3, 0, 4, 5, 6, 2 }, [8, 1]);

    [Fact]
    public void A_plateau_lowers_the_rate_then_stops_and_restores_the_best_weights()
    {
        using var model = TinyModel.Create(0.125);
        var output = new StringWriter();
        model.Output = output;
        var after = new List<float[]>();

        // No loss falls by 1000, so the first epoch stays the best one.
        History history = model.Fit(
            X, Y, batchSize: 3, epochs: 10, verbose: 0, validationSplit: 0.25, seed: 1,
            callbacks:
            [
                new ReduceLROnPlateau(factor: 0.5, patience: 1, minDelta: 1000, verbose: 1),
                new EarlyStopping(patience: 3, minDelta: 1000, restoreBestWeights: true, verbose: 1),
                new AtEpochEnd(() => after.Add(Numbers(model))),
            ]);
        Assert.Equal([0, 1, 2, 3], history.Epochs);
        Assert.Equal([0.125, 0.125, 0.0625, 0.03125], history["learning_rate"]);
        Assert.Equal(
            ["1 learning_rate_reduced", "2 learning_rate_reduced", "3 learning_rate_reduced", "3 training_stopped", "3 weights_restored"],
            history.Events.Select(happened => $"{happened.Epoch} {happened.Kind}"));
        Assert.Equal(4, after.Count);
        Assert.NotEqual(after[0], after[3]);
        Assert.Equal(after[0], Numbers(model));
        Assert.Equal(
            "\nEpoch 2: ReduceLROnPlateau reducing learning rate to 0.0625.\n"
            + "\nEpoch 3: ReduceLROnPlateau reducing learning rate to 0.03125.\n"
            + "\nEpoch 4: ReduceLROnPlateau reducing learning rate to 0.015625.\n"
            + "Epoch 4: early stopping\n"
            + "Restoring model weights from the end of the best epoch: 1.\n",
            output.ToString());
    }

    [Fact]
    public void Files_are_saved_every_few_batches_with_the_running_loss()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("checkpoint");
        try
        {
            using var model = TinyModel.Create();
            var losses = new List<double>();

            // 8 samples in batches of 3 are 3 steps an epoch, so every second step is 0-based 1 of the first epoch, and 0 and 2 of the
            // second.
            History history = model.Fit(
                X, Y, batchSize: 3, epochs: 2, verbose: 0, seed: 1,
                callbacks:
                [
                    new ModelCheckpoint(
                        Path.Combine(folder.FullName, "a", "{epoch}-{batch}-{loss:.3f}.weights.h5"), saveWeightsOnly: true, saveFreq: 2),
                    new AtBatchEnd(losses.Add),
                ]);
            Assert.Equal(6, losses.Count);
            Assert.Equal([(0, 1), (1, 0), (1, 2)], history.Events.Select(happened => (happened.Epoch, happened.Batch!.Value)));
            string[] expected =
            [
                $"1-2-{PythonNumber.Fixed(losses[1], 3)}.weights.h5",
                $"2-1-{PythonNumber.Fixed(losses[3], 3)}.weights.h5",
                $"2-3-{PythonNumber.Fixed(losses[5], 3)}.weights.h5",
            ];
            Assert.Equal(expected, history.Events.Select(happened => Path.GetFileName(happened.Path)));
            Assert.Equal(expected, folder.EnumerateFiles("*", SearchOption.AllDirectories).Select(file => file.Name)
                .Order(StringComparer.Ordinal));

            // The last file was written after the last batch, so it holds the final weights.
            using var loaded = TinyModel.Create();
            loaded.LoadWeights(history.Events[^1].Path!);
            Assert.Equal(Numbers(model), Numbers(loaded));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Every_epoch_has_its_header_its_messages_and_its_line()
    {
        using var model = TinyModel.Create(0.125);
        var output = new StringWriter();
        model.Output = output;
        model.Fit(
            X, Y, batchSize: 4, epochs: 2, verbose: 2, validationSplit: 0.5,
            callbacks: [new ReduceLROnPlateau(patience: 1, minDelta: 1000, verbose: 1)]);
        const string Line = @"1/1 - \d+s - \d+(s|ms|us)/step - accuracy: \S+ - loss: \S+ - mae: \S+ - val_accuracy: \S+ - val_loss: \S+ - "
            + @"val_mae: \S+ - learning_rate: 0\.1250\n";
        Assert.Matches(
            new Regex($@"\AEpoch 1/2\n{Line}Epoch 2/2\n\nEpoch 2: ReduceLROnPlateau reducing learning rate to 0\.0125\.\n{Line}\z"),
            output.ToString());
    }

    [Fact]
    public void A_loss_that_is_not_a_number_ends_the_training_after_its_batch()
    {
        using var model = TinyModel.Create(float.MaxValue);
        var output = new StringWriter();
        model.Output = output;
        History history = model.Fit(X, Y, batchSize: 1, epochs: 5, verbose: 0, callbacks: [new TerminateOnNaN()]);
        Assert.Equal([0], history.Epochs);
        TrainingEvent stopped = Assert.Single(history.Events);
        Assert.Equal((EventKind.TrainingStopped, 0), (stopped.Kind, stopped.Epoch));
        Assert.Equal($"Batch {stopped.Batch}: Invalid loss, terminating training\n", output.ToString());
    }

    private static float[] Numbers(Model model) => [.. model.GetWeights().SelectMany(weight => weight.ToArray())];

    private sealed class AtEpochEnd(Action act) : Callback
    {
        public override void OnEpochEnd(int epoch, Logs logs) => act();
    }

    private sealed class AtBatchEnd(Action<double> act) : Callback
    {
        public override void OnTrainBatchEnd(int batch, Logs logs) => act(logs["loss"]);
    }
}
