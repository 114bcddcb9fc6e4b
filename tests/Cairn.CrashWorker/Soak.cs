using System.Globalization;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving;

namespace Cairn.CrashWorker;

/// <summary>A training with every callback that goes on until there is a file <c>stop</c>; a backup every 50 steps.</summary>
internal static class Soak
{
    private const int BatchSize = 16;
    private const int StepsOfAnEpoch = 2_000;
    private const int Endless = 1_000_000;

    /// <summary>Trains in the current folder; writes how many steps the whole training has had.</summary>
    public static void Run()
    {
        string folder = Environment.CurrentDirectory;
        FileSystem.Current = new UncertainFileSystem(folder);
        (NDArray x, NDArray y) = TrainingData.Create(rows: BatchSize * StepsOfAnEpoch, columns: 8);
        using var model = new Sequential(
            [new Input([8]), new Dense(32, activation: "relu"), new BatchNormalization(), new Dropout(0.2), new Dense(1)], seed: 3);
        model.Output = TextWriter.Null;
        model.Compile(new Adam(0.001, useEma: true), "mse", ["mae"]);
        using var stop = new CancellationTokenSource();
        bool hasBegun = false;
        void StopIfAsked(int index, Logs logs)
        {
            if (!hasBegun)
            {
                // Until then, a full disk is a reason not to begin.
                File.WriteAllText(Path.Combine(folder, $"began-{Environment.ProcessId}"), "");
                hasBegun = true;
            }

            if (index % 100 == 0 && File.Exists(Path.Combine(folder, "stop")))
            {
                stop.Cancel();
            }
        }

        model.Fit(x, y, BatchSize, epochs: Endless, validationSplit: 0.1, cancellationToken: stop.Token, callbacks:
        [
            new LambdaCallback(onTrainBatchEnd: StopIfAsked),
            new GradientMonitor(freq: 50),
            new GradientAccumulation(2),
            new TrainingTimer(TimeSpan.FromDays(30)),
            new DeviceStats(),
            new TerminateOnNaN(),
            new SwapEMAWeights(),
            new LearningRateScheduler((_, rate) => rate),
            new ReduceLROnPlateau(patience: 50, minDelta: 0),
            new EarlyStopping(patience: Endless, restoreBestWeights: true),
            new ModelCheckpoint("best.keras", saveBestOnly: true, onError: "warn"),
            new ModelCheckpoint("batches/{epoch:04d}-{batch:04d}.weights.h5", saveWeightsOnly: true, saveFreq: 333, keepLast: 3,
                onError: "warn"),
            new ModelCheckpoint("behind/{epoch:04d}.h5", asynchronous: true, keepBest: 2, onError: "warn"),
            new CSVLogger("log.csv", append: true, onError: "warn"),
            new TensorBoard("events", histogramFreq: 20, updateFreq: 100, onError: "warn"),
            new BackupAndRestore("backup", 50, onError: "warn"),
        ]);
        File.WriteAllText("steps.txt", model.Optimizer!.Iterations.ToString(CultureInfo.InvariantCulture));
    }
}
