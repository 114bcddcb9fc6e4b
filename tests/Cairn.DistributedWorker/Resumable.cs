using Cairn.Distributed;
using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.DistributedWorker;

/// <summary>A training that is killed and started again.</summary>
public static class Resumable
{
    /// <summary>Trains in the current folder: dropout, moving statistics, shuffling, a backup every three batches.</summary>
    /// <param name="isPlanned">
    /// Whether the model has only layers of a step plan, whose gradients two processes of one host compute in memory that they share.
    /// </param>
    /// <param name="distribution">How to distribute; null for one process.</param>
    /// <param name="stopAt">After which batch to interrupt the run, counted over the epochs; null to train to the end.</param>
    /// <param name="pause">How long each batch takes besides.</param>
    public static (Model Model, History History) Train(
        bool isPlanned, DataParallel? distribution, int? stopAt = null, TimeSpan pause = default)
    {
        using var stop = new CancellationTokenSource();
        Layer[] first = isPlanned ? [new Dense(64, activation: "relu")]
            : [new Dense(16, activation: "relu"), new BatchNormalization(synchronized: true)];
        var model = new Sequential(
            [new Input([6]), .. first, new Dropout(0.3), new Dense(8, activation: "tanh"), new Dense(1)], seed: 7);
        model.Distribute(distribution);
        model.Compile(new Adam(0.01), "mse", ["mae"]);
        (NDArray x, NDArray y) = TrainingData.Regression(110, 6);
        History history = model.Fit(
            x, y, batchSize: 16, epochs: 8, verbose: 0, validationSplit: 0.2, cancellationToken: stop.Token, callbacks:
            [
                new Announcement(stopAt, stop, pause),
                new ReduceLROnPlateau(patience: 1, minDelta: 0.05),
                new ModelCheckpoint("best.weights.h5", saveBestOnly: true, saveWeightsOnly: true),
                new CSVLogger("log.csv"),
                new BackupAndRestore("backup", saveFreq: 3),
            ]);
        return (model, history);
    }

    /// <summary>Tells the test where the run is, and counts what a restart must not count twice.</summary>
    private sealed class Announcement(int? stopAt, CancellationTokenSource stop, TimeSpan pause) : Callback
    {
        private int batches;
        private double firstLoss;

        public override void OnTrainBegin(Logs logs)
        {
            batches = 0;
            Console.Out.Write($"rank {Params.Rank} pid {Environment.ProcessId}\n");
        }

        public override void OnTrainBatchEnd(int batch, Logs logs)
        {
            firstLoss = batch == 2 ? logs["loss"] : firstLoss;
            batches++;
            if (pause > TimeSpan.Zero)
            {
                Thread.Sleep(pause);
                Console.Out.Write("batch\n");
            }

            if (batches == stopAt)
            {
                stop.Cancel();
            }
        }

        public override void OnEpochEnd(int epoch, Logs logs) => (logs["batches_so_far"], logs["loss_at_2"]) = (batches, firstLoss);

        public override SavedState SaveState()
        {
            var state = new SavedState();
            state.Set("batches", batches);
            state.Set("first_loss", firstLoss);
            return state;
        }

        public override void LoadState(SavedState state) =>
            (batches, firstLoss) = (state.GetInt32("batches"), state.GetDouble("first_loss"));
    }
}
