using System.Globalization;
using System.IO.Compression;
using Cairn.Data;
using Cairn.DataView;
using Cairn.Layers;
using Cairn.Tests.Saving;
using Cairn.Tests.Saving.Runs;
using Microsoft.Data.Analysis;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Cairn.Tests.Data;

/// <summary>A model with two inputs and two outputs, and its weighted data as arrays and as every kind of stream.</summary>
internal static class TwoHeads
{
    public const int Count = 23;
    public const int BatchSize = 4;
    private static readonly float[,] Left = Numbers(2, 1);
    private static readonly float[,] Right = Numbers(1, 2);
    private static readonly float[,] Price = Numbers(1, 3);
    private static readonly int[] Kind = [.. Enumerable.Range(0, Count).Select(i => i % 3)];
    private static readonly float[] Weight = [.. Enumerable.Range(0, Count).Select(i => 0.5f + (i % 4))];

    /// <summary>The kinds of sources; the length of those in the first line is known in advance.</summary>
    public static TheoryData<string> Sources =>
    [
        "arrays", "counted iterator", "npy", "npz", "data frame", "objects of ML.NET",
        "iterator", "list", "async", "loader", "csv", "text of ML.NET",
    ];

    public static NDArrays X => new() { ["right"] = Right, ["left"] = Left };

    public static NDArrays Y => new() { ["price"] = Price, ["kind"] = Kind };

    public static NDArrays W => new() { ["kind"] = Weight };

    public static Functional Model(int? dieAtStep = null)
    {
        var left = new Input([2], name: "left");
        var right = new Input([1], name: "right");
        KerasTensor hidden = new Bomb(dieAtStep).Apply(new Dropout(0.2).Apply(new Dense(6, activation: "tanh").Apply(left)));
        KerasTensor both = new Concatenate().Apply(hidden, right);
        var model = new Functional([left, right],
            [new Dense(3, activation: "softmax", name: "kind").Apply(both), new Dense(1, name: "price").Apply(both)], seed: 5);
        model.Compile(
            new Cairn.Optimizers.Adam(0.05),
            loss: new() { ["price"] = "mse", ["kind"] = "sparse_categorical_crossentropy" },
            metrics: new() { ["price"] = "mae" },
            lossWeights: new() { ["price"] = 0.5, ["kind"] = 1 },
            weightedMetrics: new() { ["kind"] = "accuracy" });
        model.Output = TextWriter.Null;
        return model;
    }

    /// <summary>The data as a stream; files are in the folder.</summary>
    public static Dataset Open(string source, TemporaryFolder folder) => source switch
    {
        "arrays" => Dataset.From(X, Y, W, BatchSize),
        "counted iterator" => Dataset.From(Batches(), count: 6),
        "iterator" => Dataset.From(Batches(), prefetch: 0),
        "list" => Dataset.From(Batches().ToArray()),
        "async" => Dataset.From(Async()),
        "loader" => Dataset.From(utils.data.DataLoader(new Rows(), BatchSize), Collated),
        "npy" => Npy(folder),
        "npz" => Npz(folder),
        "csv" => Csv(folder),
        "objects of ML.NET" => View(new MLContext().Data.LoadFromEnumerable(Enumerable.Range(0, Count).Select(ViewRow.At).ToArray())),
        "text of ML.NET" => Text(folder),
        _ => Frame(),
    };

    private static Dataset Npy(TemporaryFolder folder)
    {
        WriteNpy(folder);
        return Dataset.FromNpy(
            new() { ["right"] = folder["right.npy"], ["left"] = folder["left.npy"] },
            new() { ["price"] = folder["price.npy"], ["kind"] = folder["kind.npy"] },
            new() { ["kind"] = folder["weight.npy"] },
            BatchSize);
    }

    private static Dataset Npz(TemporaryFolder folder)
    {
        WriteNpy(folder);
        if (!File.Exists(folder["all.npz"]))
        {
            using ZipArchive archive = ZipFile.Open(folder["all.npz"], ZipArchiveMode.Create);
            string[] names = ["left", "right", "kind", "price", "weight"];
            foreach (string name in names)
            {
                archive.CreateEntryFromFile(folder[$"{name}.npy"], $"{name}.npy", name.Length > 4 ? CompressionLevel.Optimal
                    : CompressionLevel.NoCompression);
            }
        }

        return Dataset.FromNpz(folder["all.npz"], ["left", "right"], ["kind", "price"], new() { ["kind"] = "weight" }, BatchSize);
    }

    private static Dataset Csv(TemporaryFolder folder)
    {
        IEnumerable<string> rows = Enumerable.Range(0, Count).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"{Price[i, 0]:R},\"row \"\"{i}\"\", of\r\n{Count}\",{Left[i, 1]:R},{Kind[i]},{Weight[i]:R},{Left[i, 0]:R},{Right[i, 0]:R}"));
        if (!File.Exists(folder["all.csv"]))
        {
            File.WriteAllLines(folder["all.csv"], rows.Prepend("price,remark,left 1,kind,weight,left 0,right"));
        }

        return Dataset.FromCsv(
            folder["all.csv"],
            target: new() { ["kind"] = ["kind"], ["price"] = ["price"] },
            features: new() { ["left"] = ["left 0", "left 1"], ["right"] = ["right"] },
            sampleWeight: new() { ["kind"] = ["weight"] },
            batchSize: BatchSize);
    }

    private static Dataset Frame()
    {
        IEnumerable<int> rows = Enumerable.Range(0, Count);
        return new DataFrame(
            new SingleDataFrameColumn("left 0", rows.Select(i => Left[i, 0])),
            new DoubleDataFrameColumn("left 1", rows.Select(i => (double)Left[i, 1])),
            new SingleDataFrameColumn("right", rows.Select(i => Right[i, 0])),
            new SingleDataFrameColumn("price", rows.Select(i => Price[i, 0])),
            new StringDataFrameColumn("remark", rows.Select(i => $"row {i}")),
            new SingleDataFrameColumn("weight", Weight),
            new Int32DataFrameColumn("kind", Kind)).ToDataset(
            target: new() { ["price"] = ["price"], ["kind"] = ["kind"] },
            features: new() { ["right"] = ["right"], ["left"] = ["left 0", "left 1"] },
            sampleWeight: new() { ["kind"] = ["weight"] },
            batchSize: BatchSize);
    }

    private static Dataset View(IDataView view) => view.ToDataset(
        target: new() { ["price"] = [nameof(ViewRow.Price)], ["kind"] = [nameof(ViewRow.Kind)] },
        features: new() { ["right"] = [nameof(ViewRow.Right)], ["left"] = [nameof(ViewRow.Left)] },
        sampleWeight: new() { ["kind"] = [nameof(ViewRow.Weight)] },
        batchSize: BatchSize);

    private static Dataset Text(TemporaryFolder folder)
    {
        IEnumerable<string> rows = Enumerable.Range(0, Count).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{Left[i, 0]:R}\t{Left[i, 1]:R}\t{Right[i, 0]:R}\t{Price[i, 0]:R}\t{Kind[i]}\t{Weight[i]:R}"));
        if (!File.Exists(folder["all.tsv"]))
        {
            File.WriteAllLines(folder["all.tsv"], rows);
        }

        return View(new MLContext().Data.LoadFromTextFile<ViewRow>(folder["all.tsv"]));
    }

    private static void WriteNpy(TemporaryFolder folder)
    {
        if (File.Exists(folder["weight.npy"]))
        {
            return;
        }

        NpyFile.Write(folder["left.npy"], NpyArray.FromSingles([Count, 2], Left.Cast<float>().ToArray()));
        NpyFile.Write(folder["right.npy"], NpyArray.FromSingles([Count, 1], Right.Cast<float>().ToArray()));
        NpyFile.Write(folder["price.npy"], NpyArray.FromSingles([Count, 1], Price.Cast<float>().ToArray()));
        NpyFile.Write(folder["kind.npy"], NpyArray.FromInt64s([Count], Kind.Select(k => (long)k).ToArray()));
        NpyFile.Write(folder["weight.npy"], NpyArray.FromSingles([Count], Weight));
    }

    private static IEnumerable<Batch> Batches()
    {
        for (int start = 0; start < Count; start += BatchSize)
        {
            int end = Math.Min(start + BatchSize, Count);
            yield return new Batch(
                new NDArrays { ["left"] = Part(Left, start, end), ["right"] = Part(Right, start, end) },
                new NDArrays { ["price"] = Part(Price, start, end), ["kind"] = Kind[start..end] },
                new NDArrays { ["kind"] = Weight[start..end] });
        }
    }

    private static async IAsyncEnumerable<Batch> Async()
    {
        foreach (Batch batch in Batches())
        {
            await Task.Yield();
            yield return batch;
        }
    }

    private static Batch Collated(Dictionary<string, Tensor> samples) => new(
        new NDArrays { ["left"] = samples["left"], ["right"] = samples["right"] },
        new NDArrays { ["price"] = samples["price"], ["kind"] = samples["kind"] },
        new NDArrays { ["kind"] = samples["weight"] },
        leaveOpen: true);

    private static float[,] Part(float[,] all, int start, int end)
    {
        float[,] part = new float[end - start, all.GetLength(1)];
        for (int i = start; i < end; i++)
        {
            for (int j = 0; j < part.GetLength(1); j++)
            {
                part[i - start, j] = all[i, j];
            }
        }

        return part;
    }

    private static float[,] Numbers(int width, int seed)
    {
        var random = new Random(seed);
        float[,] numbers = new float[Count, width];
        for (int i = 0; i < Count; i++)
        {
            for (int j = 0; j < width; j++)
            {
                numbers[i, j] = random.NextSingle() - 0.5f;
            }
        }

        return numbers;
    }

    private sealed class Rows : utils.data.Dataset
    {
        public override long Count => TwoHeads.Count;

        public override Dictionary<string, Tensor> GetTensor(long index) => new()
        {
            ["left"] = tensor(new[] { Left[index, 0], Left[index, 1] }),
            ["right"] = tensor(new[] { Right[index, 0] }),
            ["price"] = tensor(new[] { Price[index, 0] }),
            ["kind"] = tensor((long)Kind[index]),
            ["weight"] = tensor(Weight[index]),
        };
    }

    /// <summary>A sample in the form that ML.NET reads.</summary>
    private sealed class ViewRow
    {
        [LoadColumn(0, 1)]
        [VectorType(2)]
        public float[] Left { get; set; } = [];

        [LoadColumn(2)]
        public float Right { get; set; }

        [LoadColumn(3)]
        public float Price { get; set; }

        [LoadColumn(4)]
        public int Kind { get; set; }

        [LoadColumn(5)]
        public float Weight { get; set; }

        public static ViewRow At(int i) => new()
        {
            Left = [TwoHeads.Left[i, 0], TwoHeads.Left[i, 1]],
            Right = TwoHeads.Right[i, 0],
            Price = TwoHeads.Price[i, 0],
            Kind = TwoHeads.Kind[i],
            Weight = TwoHeads.Weight[i],
        };
    }
}
