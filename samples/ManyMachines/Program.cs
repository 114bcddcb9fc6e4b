// Handwritten digits, trained by one process or by several: see docs/many-machines.md.
//   dotnet run --project samples/ManyMachines [FOLDER]
//   mpirun -n 2 dotnet samples/ManyMachines/bin/Debug/net10.0/ManyMachines.dll [FOLDER]
using System.Globalization;
using Cairn;
using Cairn.Callbacks;
using Cairn.Distributed;
using Cairn.Layers;
using Cairn.Optimizers;

using var replicas = Replicas.Join();
string folder = args.FirstOrDefault() ?? "many-machines";

// Every process reads all rows, and computes its own of each batch.
float[][] rows = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "digits.csv")).Skip(1)
    .Select(line => Array.ConvertAll(line.Split(','), cell => float.Parse(cell, CultureInfo.InvariantCulture)))];
float[,] x = new float[rows.Length, 64];
int[] y = new int[rows.Length];
for (int row = 0; row < rows.Length; row++)
{
    for (int pixel = 0; pixel < 64; pixel++)
    {
        x[row, pixel] = rows[row][pixel] / 16;
    }

    y[row] = (int)rows[row][64];
}

using var model = new Sequential(
    [
        new Input([64]), new Dense(64, activation: "relu"), new BatchNormalization(synchronized: true), new Dropout(0.2),
        new Dense(10, activation: "softmax"),
    ],
    seed: 1);
model.Compile(new Adam(0.003), "sparse_categorical_crossentropy", ["accuracy"]);
model.Distribute(new DataParallel(replicas));
History history = model.Fit(x, y, batchSize: 64, epochs: 12, verbose: 2, validationSplit: 0.2, callbacks:
[
    new ReduceLROnPlateau(patience: 2),
    new ModelCheckpoint(Path.Combine(folder, "best.keras"), saveBestOnly: true),
    new EarlyStopping(patience: 4, restoreBestWeights: true),
    new BackupAndRestore(Path.Combine(folder, "backup")),
]);
Console.WriteLine(FormattableString.Invariant(
    $"rank {replicas.Rank} of {replicas.Size}: validation accuracy {history["val_accuracy"][^1]:F3} after {history.Epochs.Count} epochs"));
