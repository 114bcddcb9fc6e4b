using System.Runtime.InteropServices;
using System.Text;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Tests.Saving;

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
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }", "Python objects ('|O'), which only Python can unpickle")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (2, 2), }", "elements of type '<c8'")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", "records of several fields")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "its first axis must count the samples")]
    public void Arrays_that_can_not_be_read_are_refused_with_what_to_do(string header, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x.npy"], [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. new byte[64]]);
        using var model = new Sequential([new Input([2]), new Dense(1)], seed: 1);

        Assert.Contains(message, Assert.Throws<ModelFormatException>(() => model.Predict(Dataset.FromNpy(folder["x.npy"]), verbose: 0)).Message);
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
