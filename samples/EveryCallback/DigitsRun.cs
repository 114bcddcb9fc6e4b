using System.Globalization;
using Cairn;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;

/// <summary>A small classifier of digits, trained with every callback that there is.</summary>
internal static class DigitsRun
{
    public const int Epochs = 20;

    /// <summary>Trains and leaves files, plots and logs in a folder.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="verbose">How much to print.</param>
    /// <param name="monitorRoot">Where a server takes the logs of epochs; nobody listens at the standard one, which is only warned about.</param>
    /// <param name="output">Where messages go; standard output if null.</param>
    public static History Train(string folder, Verbosity verbose, string monitorRoot = "http://127.0.0.1:9", TextWriter? output = null)
    {
        Directory.CreateDirectory(folder);
        (float[,] x, int[] y) = Digits();
        string At(string name) => Path.Combine(folder, name);

        // Two layers came from somewhere else, so to say: they are frozen at first.
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

        // Which learning rate? A Fit of its own answers; the model is as before.
        var finder = new LearningRateFinder(minLr: 1e-6, steps: 90, setLearningRate: true, verbose: 1);
        model.Fit(x, y, epochs: 5, verbose: 0, callbacks: [finder]);
        finder.Plot(At("learning_rates.png"), "Which learning rate?");

        using var log = new LogFile(At("training.log"));
        History history = model.Fit(
            x,
            y,
            epochs: Epochs,
            verbose: verbose,
            validationSplit: 0.2,
            callbacks:
            [
                // What changes the training.
                new UnfreezeLayers(6, ["base"], verbose: 1),
                new GradientAccumulation(new Dictionary<int, int> { [0] = 1, [10] = 2 }, verbose: 1),
                new LearningRateScheduler((epoch, rate) => epoch == 6 ? 0.003 : rate),
                new TerminateOnNaN(),
                new TrainingTimer(TimeSpan.FromHours(1), At("in_time.keras")),

                // What measures it, before those that look at the values.
                new GradientMonitor(),
                new DeviceStats(),
                new SwapEMAWeights(),
                new ReduceLROnPlateau(factor: 0.5, patience: 2, minDelta: 0.005, verbose: 1, restoreBestWeights: true),
                new EarlyStopping(patience: Epochs, restoreBestWeights: true, monitors: ["val_loss", "val_accuracy"]),

                // What keeps it.
                new BackupAndRestore(At("backup"), deleteCheckpoint: false),
                new ModelCheckpoint(At("best.keras"), saveBestOnly: true, verbose: 1),
                new ModelCheckpoint(At("weights/{epoch:02d}-{val_accuracy:.3f}.weights.h5"), saveWeightsOnly: true),
                new CSVLogger(At("log.csv")),
                new TensorBoard(At("tensorboard"), histogramFreq: 5),
                new LoggerCallback(log),
                new RemoteMonitor(monitorRoot, timeout: TimeSpan.FromSeconds(1)),
                new LambdaCallback(onEpochEnd: (epoch, logs) =>
                    File.AppendAllText(At("lambda.txt"), FormattableString.Invariant($"{epoch} {logs["loss"]:R}\n"))),

                // In the end the mean of the last weights takes their place.
                new WeightAveraging(startEpoch: 15, verbose: 1),
            ]);

        model.Save(At("final.keras"));
        history.Save(At("history.json"));
        history.Save(At("history.csv"));
        history.Plot(At("history.png"), "Every callback at once");
        return history;
    }

    /// <summary>1,797 pictures of 8 × 8 pixels, from 0 to 1, and what they show.</summary>
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
