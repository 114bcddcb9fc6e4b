using System.IO.Compression;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Saving;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;
using static TorchSharp.torch;

namespace Cairn.Tests.Data;

/// <summary>Every kind of stream trains with the same bits as arrays of the same data.</summary>
public sealed class StreamTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void An_iterator_trains_as_the_same_data_in_arrays(int prefetch) =>
        SameAsArrays(Dataset.From(SmallData.Batches(), prefetch: prefetch));

    [Fact]
    public void An_iterator_with_weights_trains_as_the_same_data_in_arrays() =>
        SameAsArrays(Dataset.From(SmallData.Batches(weighted: true)), weight: SmallData.Weight);

    [Fact]
    public void Batches_in_an_array_stay_usable_for_the_next_epoch_and_for_their_owner()
    {
        Batch[] batches = [.. SmallData.Batches()];

        SameAsArrays(Dataset.From(batches));

        Assert.All(batches, batch => Assert.False(batch.X.IsInvalid));
    }

    [Fact]
    public void An_asynchronous_sequence_trains_as_the_same_data_in_arrays() => SameAsArrays(Dataset.From(Async()));

    [Fact]
    public void A_data_loader_of_dictionaries_trains_as_the_same_data_in_arrays()
    {
        using TorchSharp.Modules.DataLoader loader = utils.data.DataLoader(new Rows(), SmallData.BatchSize);
        SameAsArrays(loader);
    }

    [Fact]
    public void A_data_loader_of_lists_trains_as_the_same_data_in_arrays()
    {
        using TorchSharp.Modules.IterableDataLoader loader = utils.data.DataLoader(new RowLists(), SmallData.BatchSize);
        SameAsArrays(loader);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Npy_files_train_as_the_same_data_in_arrays_also_shuffled(bool shuffle)
    {
        using var folder = new TemporaryFolder();
        WriteNpy(folder);

        SameAsArrays(
            Dataset.FromNpy(folder["x.npy"], folder["y.npy"], folder["w.npy"], SmallData.BatchSize), shuffle, SmallData.Weight);
    }

    [Theory]
    [InlineData(System.IO.Compression.CompressionLevel.NoCompression)]
    [InlineData(System.IO.Compression.CompressionLevel.Optimal)]
    public void An_npz_archive_trains_as_the_same_data_in_arrays(System.IO.Compression.CompressionLevel level)
    {
        using var folder = new TemporaryFolder();
        WriteNpy(folder);
        using (ZipArchive archive = System.IO.Compression.ZipFile.Open(folder["all.npz"], System.IO.Compression.ZipArchiveMode.Create))
        {
            foreach (string name in (string[])["x.npy", "y.npy"])
            {
                System.IO.Compression.ZipFileExtensions.CreateEntryFromFile(archive, folder[name], name, level);
            }
        }

        SameAsArrays(Dataset.FromNpz(folder["all.npz"], "x", "y", batchSize: SmallData.BatchSize), shuffle: true);
    }

    [Theory]
    [InlineData(",")]
    [InlineData(";")]
    [InlineData("\t")]
    public void A_csv_file_trains_as_the_same_data_in_arrays(string separator)
    {
        using var folder = new TemporaryFolder();
        IEnumerable<string> rows = Enumerable.Range(0, SmallData.Count).Select(i => string.Join(
            separator,
            ((object[])[SmallData.Y[i], SmallData.X[i, 0], SmallData.X[i, 1], SmallData.Weight[i], SmallData.X[i, 2], SmallData.X[i, 3]])
                .Select(v => string.Format(System.Globalization.CultureInfo.InvariantCulture, "{0:R}", v))));
        File.WriteAllText(folder["data.csv"],
            string.Join("\r\n", rows.Prepend(string.Join(separator, "label", "a", "\"b\"", "w", "c", "d"))));

        SameAsArrays(Dataset.FromCsv(folder["data.csv"], "label", sampleWeight: "w", batchSize: SmallData.BatchSize),
            weight: SmallData.Weight);
    }

    [Fact]
    public void Class_weights_act_on_streams_as_on_arrays()
    {
        Dictionary<int, double> classWeight = new() { [0] = 2, [2] = 0.5 };
        using Sequential arrays = SmallData.Model();
        arrays.Fit(SmallData.X, SmallData.Y, batchSize: SmallData.BatchSize, verbose: 0, shuffle: false, classWeight: classWeight);
        using Sequential streamed = SmallData.Model();

        streamed.Fit(SmallData.Batches(), verbose: 0, classWeight: classWeight);

        Assert.Equal(ReferenceRun.Flatten(arrays), ReferenceRun.Flatten(streamed));
    }

    [Fact]
    public void Streams_are_evaluated_and_predicted_as_arrays_are()
    {
        using Sequential model = SmallData.Model();

        Assert.Equal(model.Evaluate(SmallData.X, SmallData.Y, SmallData.BatchSize, verbose: 0)["loss"],
            model.Evaluate(SmallData.Batches(), verbose: 0)["loss"]);
        Assert.Equal(model.Evaluate(SmallData.X, SmallData.Y, SmallData.BatchSize, verbose: 0)["loss"],
            model.Evaluate(Async(), verbose: 0)["loss"]);
        Assert.Equal(model.Predict(SmallData.X, SmallData.BatchSize, verbose: 0).ToArray(),
            model.Predict(SmallData.Batches(), verbose: 0).ToArray());
        Assert.Equal(model.Predict(SmallData.X, SmallData.BatchSize, verbose: 0).ToArray()[..30],
            model.Predict(SmallData.Batches(), verbose: 0, steps: 2).ToArray());
    }

    private static void SameAsArrays(Dataset data, bool shuffle = false, float[]? weight = null)
    {
        using Sequential arrays = SmallData.Model();
        History expected = arrays.Fit(
            SmallData.X, SmallData.Y, batchSize: SmallData.BatchSize, epochs: 3, verbose: 0, shuffle: shuffle, sampleWeight: weight,
            validationData: (SmallData.X, SmallData.Y));
        using Sequential streamed = SmallData.Model();

        History history = streamed.Fit(
            data, epochs: 3, verbose: 0, shuffle: shuffle,
            validationData: Dataset.From(SmallData.X, SmallData.Y, batchSize: SmallData.BatchSize));

        Assert.Equal(ReferenceRun.Flatten(arrays), ReferenceRun.Flatten(streamed));
        Assert.Equal(expected["loss"], history["loss"]);
        Assert.Equal(expected["weighted_accuracy"], history["weighted_accuracy"]);
        Assert.Equal(expected["val_loss"], history["val_loss"]);
    }

    private static async IAsyncEnumerable<Batch> Async()
    {
        foreach (Batch batch in SmallData.Batches())
        {
            await Task.Delay(1);
            yield return batch;
        }
    }

    private static void WriteNpy(TemporaryFolder folder)
    {
        NpyFile.Write(folder["x.npy"], NpyArray.FromSingles([SmallData.Count, 4], SmallData.X.Cast<float>().ToArray()));
        NpyFile.Write(folder["y.npy"], NpyArray.FromInt64s([SmallData.Count], SmallData.Y.Select(y => (long)y).ToArray()));
        NpyFile.Write(folder["w.npy"], NpyArray.FromSingles([SmallData.Count], SmallData.Weight));
    }

    private sealed class Rows : utils.data.Dataset
    {
        public override long Count => SmallData.Count;

        public override Dictionary<string, Tensor> GetTensor(long index) =>
            new()
            {
                ["data"] = tensor(Enumerable.Range(0, 4).Select(j => SmallData.X[index, j]).ToArray()),
                ["label"] = tensor((long)SmallData.Y[index])
            };
    }

    private sealed class RowLists : utils.data.IterableDataset
    {
        public override long Count => SmallData.Count;

        public override IList<Tensor> GetTensor(long index) =>
            [tensor(Enumerable.Range(0, 4).Select(j => SmallData.X[index, j]).ToArray()), tensor((long)SmallData.Y[index])];
    }
}
