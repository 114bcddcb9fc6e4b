using Cairn;
using Cairn.Callbacks;
using Cairn.CrashWorker;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving;
using TorchSharp;

// The training that the crash test kills, again and again: in the current folder, always with the same command.
torch.set_num_threads(1);
if (args is ["--die-at-call", var call]) FileSystem.Current = new DyingFileSystem(int.Parse(call, System.Globalization.CultureInfo.InvariantCulture));

(NDArray x, NDArray y) = TrainingData.Create(rows: 400, columns: 8);
using var model = new Sequential(
    [
        new Input([8]),
        new Dense(48, activation: "relu"),
        new BatchNormalization(),
        new Dropout(0.3),
        new Dense(16, activation: "tanh"),
        new Dropout(0.2),
        new Dense(1),
    ],
    seed: 7);
model.Compile(new Adam(0.01), "mse", ["mae"]);

History history = model.Fit(
    x,
    y,
    batchSize: 16,
    epochs: 14,
    verbose: 0,
    validationSplit: 0.2,
    callbacks:
    [
        new Announcement(),
        new ReduceLROnPlateau(factor: 0.5, patience: 1, minDelta: 0.05),
        new ModelCheckpoint("best.h5", saveBestOnly: true),
        new ModelCheckpoint("batches/{epoch:02d}-{batch:02d}.weights.h5", saveWeightsOnly: true, saveFreq: 13, keepLast: 3),
        new ModelCheckpoint("behind/{epoch:02d}.h5", asynchronous: true, keepBest: 2),
        new EarlyStopping(patience: 6, restoreBestWeights: true),
        new CSVLogger("log.csv"),
        new BackupAndRestore("backup", saveFreq: 3, asynchronous: args is ["--backup-behind"]),
    ]);
RunResult.Write("result.txt", model, history);
