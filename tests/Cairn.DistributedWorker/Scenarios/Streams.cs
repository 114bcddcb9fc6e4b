using System.Globalization;
using Cairn.Data;
using Cairn.Distributed;
using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.DistributedWorker.Scenarios;

/// <summary>Data that come batch by batch.</summary>
internal static class Streams
{
    private const int Rows = 45;

    /// <summary>Files of arrays, of which each process reads its rows; shuffled.</summary>
    public static (Model Model, History History) Npy(DataParallel? distribution)
    {
        using var files = new Files();
        return Fit(distribution, Dataset.FromNpy(files.X, files.Y, batchSize: 8), Dataset.FromNpy(files.X, files.Y, batchSize: 16));
    }

    /// <summary>A text file.</summary>
    public static (Model Model, History History) Csv(DataParallel? distribution)
    {
        using var files = new Files();
        return Fit(distribution, Dataset.FromCsv(files.Csv, "y", batchSize: 8), Dataset.FromCsv(files.Csv, "y", batchSize: 16));
    }

    /// <summary>Batches of code, of unequal sizes.</summary>
    public static (Model Model, History History) Sequence(DataParallel? distribution) =>
        Fit(distribution, Dataset.From(Batches()), Dataset.From(Batches()));

    /// <summary>Weights of classes, computed from the rows that a process has read.</summary>
    public static (Model Model, History History) ClassWeighted(DataParallel? distribution)
    {
        using var files = new Files();
        return Fit(distribution, Dataset.FromNpy(files.X, files.Y, batchSize: 8), null, new() { [0] = 1, [1] = 2.5 });
    }

    private static IEnumerable<Batch> Batches()
    {
        (NDArray x, NDArray y) = TrainingData.Classes(Rows, 3);
        for (int first = 0, count = 1; first < Rows; first += count, count = Math.Min(count + 2, Rows - first))
        {
            yield return new Batch(
                NDArray.From(x.ToArray()[(first * 3)..((first + count) * 3)], [count, 3]),
                NDArray.From(y.ToArray()[first..(first + count)], [count, 1]));
        }
    }

    private static (Model Model, History History) Fit(
        DataParallel? distribution, Dataset data, Dataset? held, Dictionary<int, double>? classWeight = null)
    {
        var model = new Sequential([new Input([3]), new Dense(6, activation: "tanh"), new Dense(1, activation: "sigmoid")], seed: 5);
        model.Distribute(distribution);
        model.Compile(new SGD(0.1), "binary_crossentropy", ["accuracy"]);
        return (model, model.Fit(data, epochs: 2, verbose: 0, validationData: held, classWeight: classWeight));
    }

    /// <summary>The data in files of this process.</summary>
    private sealed class Files : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("cairn-stream-").FullName;

        public Files()
        {
            (NDArray x, NDArray y) = TrainingData.Classes(Rows, 3);
            (X, Y, Csv) = (Path.Combine(folder, "x.npy"), Path.Combine(folder, "y.npy"), Path.Combine(folder, "data.csv"));
            WriteNpy(X, x);
            WriteNpy(Y, y);
            float[] inputs = x.ToArray();
            float[] targets = y.ToArray();
            File.WriteAllLines(Csv, ["a,b,c,y", .. Enumerable.Range(0, Rows).Select(row => string.Create(
                CultureInfo.InvariantCulture, $"{inputs[row * 3]},{inputs[(row * 3) + 1]},{inputs[(row * 3) + 2]},{targets[row]}"))]);
        }

        public string X { get; }

        public string Y { get; }

        public string Csv { get; }

        // Format 1.0: a signature, the length of the description, the description padded to 128 bytes, the numbers.
        private static void WriteNpy(string path, NDArray array)
        {
            string description = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({array.Shape[0]}, {array.Shape[1]}), }}";
            using var file = new BinaryWriter(File.Create(path));
            file.Write([0x93, .. "NUMPY"u8, 1, 0, 118, 0]);
            file.Write(System.Text.Encoding.ASCII.GetBytes(description.PadRight(117) + "\n"));
            foreach (float number in array.ToArray())
            {
                file.Write(number);
            }
        }

        public void Dispose() => Directory.Delete(folder, recursive: true);
    }
}
