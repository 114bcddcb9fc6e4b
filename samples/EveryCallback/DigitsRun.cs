using System.Globalization;
using Cairn;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;

/// <summary>A small classifier of digits, trained with all callbacks.</summary>
internal static class DigitsRun
{
    public const int Epochs = 20;

    /// <summary>Trains, and writes files, plots and logs to a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="verbose">The verbosity.</param>
    /// <param name="monitorRoot">The server for the logs of epochs. There is none at the default address, which causes a warning.</param>
    /// <param name="output">The output for messages; standard output if null.</param>
    public static History Train(string folder, Verbosity verbose, string monitorRoot = "http://127.0.0.1:9", TextWriter? output = null)
    {
        Directory.CreateDirectory(folder);
        (float[,] x, int[] y) = Digits();
        string At(string name) => Path.Combine(folder, name);

        // The first layer stands for a pretrained one: it is frozen at first.
        using var model = new Sequential(
            [
                new Input([64]),
                new Dense(64, activation: "relu", name: "base"),
                new Dropout(0.2),
                new Dense(10, activation: "softmax", name: "head"),
            ],
            seed: 7);
        model.Layers[0].Trainable = false;
        model.Output = output ?? Console.Out;
        model.Compile(new Adam(0.001, useEma: true, emaMomentum: 0.95), "sparse_categorical_crossentropy", ["accuracy"]);

        // Finds a learning rate in a separate Fit, which restores the model.
        var finder = new LearningRateFinder(minLr: 1e-6, steps: 90, setLearningRate: true, verbose: 1);
        model.Fit(x, y, epochs: 5, verbose: 0, callbacks: [finder]);
        finder.Plot(At("learning_rates.png"), "Learning rate range test");

        using var log = new LogFile(At("training.log"));
        History history = model.Fit(
            x,
            y,
            epochs: Epochs,
            verbose: verbose,
            validationSplit: 0.2,
            callbacks:
            [
                // Callbacks that change the training.
                new UnfreezeLayers(6, ["base"], verbose: 1),
                new GradientAccumulation(new Dictionary<int, int> { [0] = 1, [10] = 2 }, verbose: 1),
                new LearningRateScheduler((epoch, rate) => epoch == 6 ? 0.003 : rate),
                new TerminateOnNaN(),
                new TrainingTimer(TimeSpan.FromHours(1), At("in_time.keras")),

                // Callbacks that add values, before those that use them.
                new GradientMonitor(),
                new DeviceStats(),
                new SwapEMAWeights(),
                new ReduceLROnPlateau(factor: 0.5, patience: 2, minDelta: 0.005, verbose: 1, restoreBestWeights: true),
                new EarlyStopping(patience: Epochs, restoreBestWeights: true, monitors: ["val_loss", "val_accuracy"]),

                // Callbacks that save.
                new BackupAndRestore(At("backup"), deleteCheckpoint: false),
                new ModelCheckpoint(At("best.keras"), saveBestOnly: true, verbose: 1),
                new ModelCheckpoint(At("weights/{epoch:02d}-{val_accuracy:.3f}.weights.h5"), saveWeightsOnly: true),
                new CSVLogger(At("log.csv")),
                new TensorBoard(At("tensorboard"), histogramFreq: 5),
                new LoggerCallback(log),
                new RemoteMonitor(monitorRoot, timeout: TimeSpan.FromSeconds(1)),
                new LambdaCallback(onEpochEnd: (epoch, logs) =>
                    File.AppendAllText(At("lambda.txt"), FormattableString.Invariant($"{epoch} {logs["loss"]:R}\n"))),

                // Replaces the weights with the mean of the last ones at the end.
                new WeightAveraging(startEpoch: 15, verbose: 1),
            ]);

        model.Save(At("final.keras"));
        history.Save(At("history.json"));
        history.Save(At("history.csv"));
        history.Plot(At("history.png"), "All callbacks at once");
        return history;
    }

    /// <summary>1,797 images of 8 × 8 pixels, scaled to 0 to 1, and their digits.</summary>
    public static (float[,] X, int[] Y) Digits()
    {
        string[] lines = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "digits.csv")).Skip(1)];
        (float[,]? x, int[]? y) = (new float[lines.Length, 64], new int[lines.Length]);
        for (int row = 0; row < lines.Length; row++)
        {
            string[] cells = lines[row].Split(',');
            for (int pixel = 0; pixel < 64; pixel++)
            {
                x[row, pixel] = float.Parse(cells[pixel], CultureInfo.InvariantCulture) / 16;
            }

            y[row] = int.Parse(cells[64], CultureInfo.InvariantCulture);
        }

        return (x, y);
    }
}
