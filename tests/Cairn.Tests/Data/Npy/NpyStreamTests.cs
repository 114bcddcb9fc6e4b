using System.Runtime.InteropServices;
using System.Text;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Data;

/// <summary>The types and orders in which NumPy writes arrays.</summary>
public sealed class NpyStreamTests
{
    [Theory]
    [InlineData(WeightType.Bool)]
    [InlineData(WeightType.Int8)]
    [InlineData(WeightType.UInt8)]
    [InlineData(WeightType.Int16)]
    [InlineData(WeightType.UInt16)]
    [InlineData(WeightType.Int32)]
    [InlineData(WeightType.Int64)]
    [InlineData(WeightType.Float16)]
    [InlineData(WeightType.Float64)]
    public void Every_type_becomes_numbers_and_class_numbers(string type)
    {
        using var folder = new TemporaryFolder();
        byte[] ones = Bytes(type, [1, 0, 1, 1]);
        NpyFile.Write(folder["x.npy"], new NpyArray(type, [4, 1], ones));
        NpyFile.Write(folder["y.npy"], new NpyArray(type, [4], ones));
        using var same = new Sequential([new Input([1]), new Rescaling(1)], seed: 1);
        using var model = new Sequential([new Input([1]), new Dense(2, activation: "softmax")], seed: 1);
        model.Compile("sgd", "sparse_categorical_crossentropy");

        float[] read = same.Predict(Dataset.FromNpy(folder["x.npy"], batchSize: 3), verbose: 0).ToArray();
        double loss = model.Evaluate(Dataset.FromNpy(folder["x.npy"], folder["y.npy"]), verbose: 0)["loss"];

        Assert.Equal([1, 0, 1, 1], read);
        Assert.Equal(model.Evaluate(new float[,] { { 1 }, { 0 }, { 1 }, { 1 } }, new[] { 1, 0, 1, 1 }, verbose: 0)["loss"], loss);
    }

    [Theory]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (2, 2), }", "elements of type '>f4'")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", "np.ascontiguousarray(x)")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }", "Python objects ('|O'), which are not supported")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (2, 2), }", "elements of type '<c8'")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", "structured arrays are not supported")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "its first axis must be the samples")]
    public void Arrays_that_can_not_be_read_are_refused_with_what_to_do(string header, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x.npy"],
            [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. new byte[64]]);
        using var model = new Sequential([new Input([2]), new Dense(1)], seed: 1);

        Assert.Contains(message,
            Assert.Throws<ModelFormatException>(() => model.Predict(Dataset.FromNpy(folder["x.npy"]), verbose: 0)).Message);
    }

    [Fact]
    public void A_class_that_is_NaN_is_named_with_its_row()
    {
        using var folder = new TemporaryFolder();
        NpyFile.Write(folder["x.npy"], NpyArray.FromSingles([3, 4], new float[12]));
        NpyFile.Write(folder["y.npy"], NpyArray.FromSingles([3], new[] { 0, 1, float.NaN }));
        using Sequential model = SmallData.Model();

        Assert.Contains("contains NaN in row 2", Assert.Throws<ArgumentException>(
            () => model.Fit(Dataset.FromNpy(folder["x.npy"], folder["y.npy"]), shuffle: false, verbose: 0, allowNaN: true)).Message);
    }

    // Batches of 0.8 MB are read in parts by several threads.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Large_batches_train_as_the_same_data_in_arrays(bool shuffle)
    {
        using var folder = new TemporaryFolder();
        (float[,] x, int[] y) = WriteWide(folder);
        using Sequential arrays = Wide();
        using Sequential streamed = Wide();

        arrays.Fit(x, y, batchSize: 500, epochs: 2, verbose: 0, shuffle: shuffle);
        streamed.Fit(Dataset.FromNpy(folder["x.npy"], folder["y.npy"], batchSize: 500), epochs: 2, verbose: 0, shuffle: shuffle);

        Assert.Equal(ReferenceRun.Flatten(arrays), ReferenceRun.Flatten(streamed));
    }

    [Theory]
    [InlineData(false, "contains NaN in row 901 (batch 1, row 401), at [7] of it")]
    [InlineData(true, "contains NaN in row 901 (batch ")]
    public void NaN_in_a_large_batch_is_named_with_its_row(bool shuffle, string message)
    {
        using var folder = new TemporaryFolder();
        WriteWide(folder, x => x[901, 7] = float.NaN);
        using Sequential model = Wide();

        Assert.Contains(message, Assert.Throws<ArgumentException>(
            () => model.Fit(Dataset.FromNpy(folder["x.npy"], folder["y.npy"], batchSize: 500), shuffle: shuffle, verbose: 0)).Message);
    }

    [Fact]
    public void A_truncated_large_batch_is_reported_like_a_small_one()
    {
        using var folder = new TemporaryFolder();
        WriteWide(folder);
        using Sequential model = Wide();
        var shorten = new LambdaCallback(onTrainBatchEnd: (_, _) =>
        {
            using var file = new FileStream(folder["x.npy"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(1_000_000);
        });

        Assert.Contains("was truncated while it was read", Assert.Throws<ModelFormatException>(
            () => model.Fit(Dataset.FromNpy(folder["x.npy"], folder["y.npy"], batchSize: 500), shuffle: false, verbose: 0,
                callbacks: [shorten])).Message);
    }

    // There is no computation between them, so prefetching starts at the 17th batch.
    [Fact]
    public void Large_batches_come_in_order_also_where_a_thread_takes_over_the_reading()
    {
        using var folder = new TemporaryFolder();
        const int Width = 64 * 1024;
        float[] x = new float[80 * Width];
        for (int row = 0; row < 80; row++)
        {
            x[row * Width] = row;
        }

        NpyFile.Write(folder["x.npy"], NpyArray.FromSingles([80, Width], x));
        var layout = new BatchLayout([], [], [ScalarType.Float32], [], CPU);
        using BatchSource source = Dataset.FromNpy(folder["x.npy"], batchSize: 2).Open(layout);
        var seen = new List<float>();

        source.BeginPass(null);
        while (source.MoveNext())
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor batch = source.Current.Inputs[0];
            seen.AddRange(batch[0][0].item<float>(), batch[1][0].item<float>());
        }

        Assert.Equal(Enumerable.Range(0, 80).Select(row => (float)row), seen);
    }

    private static Sequential Wide()
    {
        var model = new Sequential([new Input([400]), new Dense(3, activation: "softmax")], seed: 4);
        model.Compile("adam", "sparse_categorical_crossentropy");
        model.Output = TextWriter.Null;
        return model;
    }

    private static (float[,] X, int[] Y) WriteWide(TemporaryFolder folder, Action<float[,]>? change = null)
    {
        var random = new Random(8);
        float[,] x = new float[1_200, 400];
        for (int i = 0; i < x.GetLength(0); i++)
        {
            for (int j = 0; j < x.GetLength(1); j++)
            {
                x[i, j] = random.NextSingle();
            }
        }

        change?.Invoke(x);
        int[] y = [.. Enumerable.Range(0, x.GetLength(0)).Select(i => i % 3)];
        NpyFile.Write(folder["x.npy"], NpyArray.FromSingles([1_200, 400], x.Cast<float>().ToArray()));
        NpyFile.Write(folder["y.npy"], NpyArray.FromInt64s([1_200], y.Select(label => (long)label).ToArray()));
        return (x, y);
    }

    private static byte[] Bytes(string type, double[] values) => type switch
    {
        WeightType.Float16 => Of(Array.ConvertAll(values, value => (Half)value)),
        WeightType.Float64 => Of(values),
        WeightType.Int64 => Of(Array.ConvertAll(values, value => (long)value)),
        WeightType.Int32 => Of(Array.ConvertAll(values, value => (int)value)),
        WeightType.Int16 or WeightType.UInt16 => Of(Array.ConvertAll(values, value => (short)value)),
        _ => Of(Array.ConvertAll(values, value => (byte)value)),
    };

    private static byte[] Of<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();
}
