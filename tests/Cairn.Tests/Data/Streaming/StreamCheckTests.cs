using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Saving;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Data;

/// <summary>An invalid batch is reported when it arrives, with its position.</summary>
public sealed class StreamCheckTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void NaN_in_a_batch_is_named_with_batch_row_and_place(int prefetch)
    {
        static IEnumerable<Batch> Data()
        {
            yield return new Batch(new float[2, 4], new int[2]);
            yield return new Batch(new float[,] { { 1, 2, 3, 4 }, { 1, 2, float.NaN, 4 } }, new int[2]);
        }

        Assert.Contains("the inputs contain NaN in batch 1, row 1, at [2] of it", Refusal(Dataset.From(Data(), prefetch: prefetch)));
    }

    [Fact]
    public void Infinite_targets_and_weights_are_named_too()
    {
        var target = new Batch(new float[2, 4], new float[,] { { 0, 0, 0 }, { 0, float.NegativeInfinity, 1 } });
        var weight = new Batch(new float[2, 4], new int[2], new[] { 1, float.PositiveInfinity });
        using var regression = new Sequential([new Cairn.Layers.Input([4]), new Cairn.Layers.Dense(3)], seed: 1);
        regression.Compile("sgd", "mse");

        Assert.Contains("the targets contain -infinity in batch 0, row 1, at [1] of it",
            Assert.Throws<ArgumentException>(() => regression.Fit([target], verbose: 0)).Message);
        Assert.Contains("the weights contain infinity in batch 0, row 1", Refusal(Dataset.From([weight])));
    }

    [Fact]
    public void NaN_in_a_stream_can_be_allowed()
    {
        using Sequential model = SmallData.Model();

        History history = model.Fit([new Batch(new float[,] { { 1, 2, float.NaN, 4 } }, new int[1])], verbose: 0, allowNaN: true);

        Assert.True(double.IsNaN(history["loss"][0]));
    }

    [Fact]
    public void NaN_in_a_stream_is_predicted_on_as_in_arrays()
    {
        using Sequential model = SmallData.Model();

        Assert.All(model.Predict([new Batch(new float[,] { { 1, 2, float.NaN, 4 } })], verbose: 0).ToArray(),
            value => Assert.True(float.IsNaN(value)));
    }

    [Theory]
    [InlineData(false, "'{0}' contains NaN in row 7 (batch 1, row 2), at [3] of it")]
    [InlineData(true, "'{0}' contains NaN in row 7 (batch ")]
    public void NaN_in_an_npy_file_is_named_with_its_row_also_when_shuffled(bool shuffle, string message)
    {
        using var folder = new TemporaryFolder();
        float[] x = new float[SmallData.Count * 4];
        x[(7 * 4) + 3] = float.NaN;
        NpyFile.Write(folder["x.npy"], NpyArray.FromSingles([SmallData.Count, 4], x));
        NpyFile.Write(folder["y.npy"], NpyArray.FromInt64s([SmallData.Count], new long[SmallData.Count]));

        Assert.Contains(string.Format(null, message, folder["x.npy"]),
            Refusal(Dataset.FromNpy(folder["x.npy"], folder["y.npy"], batchSize: 5), shuffle));
    }

    [Fact]
    public void A_label_outside_the_range_of_classes_is_named_with_its_position()
    {
        using var folder = new TemporaryFolder();
        long[] labels = new long[SmallData.Count];
        labels[11] = 3;
        NpyFile.Write(folder["x.npy"], NpyArray.FromSingles([SmallData.Count, 4], new float[SmallData.Count * 4]));
        NpyFile.Write(folder["y.npy"], NpyArray.FromInt64s([SmallData.Count], labels));
        File.WriteAllText(folder["data.csv"], "a,b,c,d,y\n0,0,0,0,1\n\n0,0,0,0,-1\n");

        Assert.Contains(
            "the targets of data contain the class 3 in row 11 (batch 2, row 1), but the model's output (None, 3) has classes 0 to 2",
            Refusal(Dataset.FromNpy(folder["x.npy"], folder["y.npy"], batchSize: 5)));
        Assert.Contains("the class -1 in line 4 (batch 0, row 1)", Refusal(Dataset.FromCsv(folder["data.csv"], "y")));
        Assert.Contains("the class 5 in batch 1, row 0",
            Refusal(Dataset.From([new Batch(new float[1, 4], new int[1]), new Batch(new float[1, 4], new[] { 5 })])));
    }

    [Fact]
    public void Validation_data_are_checked_too()
    {
        using Sequential model = SmallData.Model();

        Assert.Contains("the inputs contain NaN in batch 0", Assert.Throws<ArgumentException>(() => model.Fit(
            SmallData.Batches(), verbose: 0,
            validationData: Dataset.From([new Batch(new[,] { { 1, 2, float.NaN, 4 } }, new int[1])]))).Message);
    }

    [Fact]
    public void A_batch_of_another_width_is_named_before_the_layer_that_can_not_take_it() =>
        Assert.Contains(
            "The inputs of batch 1 have the shape (None, 5); the model expects (None, 4)",
            Refusal(Dataset.From([new Batch(new float[2, 4], new int[2]), new Batch(new float[2, 5], new int[2])])));

    [Fact]
    public void Targets_that_change_their_shape_are_named() =>
        Assert.Contains(
            "The targets of batch 1 have the shape (None, 3); those of the first batch have (None, 1)",
            Refusal(Dataset.From([new Batch(new float[2, 4], new int[2, 1]), new Batch(new float[2, 4], new int[2, 3])])));

    [Fact]
    public void A_file_that_becomes_shorter_while_it_is_read_ends_the_training_at_that_batch()
    {
        using var folder = new TemporaryFolder();
        WriteSmall(folder);
        using Sequential model = SmallData.Model();
        int batches = 0;
        var shorten = new LambdaCallback(onTrainBatchEnd: (_, _) =>
        {
            if (++batches != 2)
            {
                return;
            }

            using var file = new FileStream(folder["x.npy"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(200);
        });

        ModelFormatException exception = Assert.Throws<ModelFormatException>(
            () => model.Fit(Dataset.FromNpy(folder["x.npy"], folder["y.npy"], batchSize: 2, prefetch: 1), shuffle: false, verbose: 0,
                callbacks: [shorten]));

        Assert.Contains("was truncated while it was read", exception.Message);
    }

    [Fact]
    public void A_file_that_is_written_to_between_two_epochs_is_refused()
    {
        using var folder = new TemporaryFolder();
        WriteSmall(folder);
        File.WriteAllText(folder["data.csv"], "a,b,c,d,y\n0,0,0,0,1\n");
        var later = new LambdaCallback(onEpochEnd: (_, _) =>
        {
            File.SetLastWriteTimeUtc(folder["x.npy"], DateTime.UtcNow.AddMinutes(1));
            File.AppendAllText(folder["data.csv"], "0,0,0,0,2\n");
        });
        using Sequential model = SmallData.Model();

        Assert.Contains("was modified during training",
            Assert.Throws<IOException>(() =>
                model.Fit(Dataset.FromCsv(folder["data.csv"], "y"), epochs: 2, verbose: 0, callbacks: [later])).Message);
        Assert.Contains("was modified during training", Assert.Throws<ModelFormatException>(
            () => model.Fit(Dataset.FromNpy(folder["x.npy"], folder["y.npy"]), epochs: 2, verbose: 0, callbacks: [later])).Message);
    }

    [Fact]
    public void A_sequence_that_never_returns_does_not_block_the_end_of_a_training()
    {
        using var isRead = new ManualResetEvent(false);
        using var blocked = new ManualResetEvent(false);
        var given = new List<Batch>();
        IEnumerable<Batch> Data()
        {
            yield return new Batch(new float[2, 4], new int[2]);
            isRead.Set();
            blocked.WaitOne();
            given.Add(new Batch(new float[2, 4], new int[2]));
            yield return given[0];
        }

        using Sequential model = SmallData.Model();
        using var stop = new CancellationTokenSource();
        var cancel = new LambdaCallback(onTrainBatchEnd: (_, _) =>
        {
            // Otherwise the second batch might never be asked for.
            isRead.WaitOne();
            stop.Cancel();
        });

        History history = model.Fit(Data(), verbose: 0, callbacks: [cancel], cancellationToken: stop.Token);
        Assert.Contains(history.Events, e => e.Kind == EventKind.Interrupted);

        // Its late result is disposed on its own thread.
        blocked.Set();
        Assert.True(SpinWait.SpinUntil(() => given.Count == 1 && given[0].X.IsInvalid, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void A_training_that_fails_at_a_batch_frees_those_that_were_read_ahead_and_ends_the_sequence()
    {
        var given = new List<Batch>();
        bool ended = false;
        IEnumerable<Batch> Data()
        {
            try
            {
                while (true)
                {
                    var batch = new Batch(new float[2, 4], new[] { given.Count == 3 ? 9 : 0, 0 });
                    given.Add(batch);
                    yield return batch;
                }
            }
            finally
            {
                ended = true;
            }
        }

        Refusal(Dataset.From(Data(), prefetch: 3));

        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref ended), TimeSpan.FromMinutes(1)));
        Assert.All(given, batch => Assert.True(batch.X.IsInvalid));
    }

    private static void WriteSmall(TemporaryFolder folder)
    {
        NpyFile.Write(folder["x.npy"], NpyArray.FromSingles([SmallData.Count, 4], new float[SmallData.Count * 4]));
        NpyFile.Write(folder["y.npy"], NpyArray.FromInt64s([SmallData.Count], new long[SmallData.Count]));
    }

    private static string Refusal(Dataset data, bool shuffle = false)
    {
        using Sequential model = SmallData.Model();
        return Assert.Throws<ArgumentException>(() => model.Fit(data, verbose: 0, shuffle: shuffle)).Message;
    }
}
