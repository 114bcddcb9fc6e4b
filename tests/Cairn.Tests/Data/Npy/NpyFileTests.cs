using System.Text;
using Cairn.Data;
using Cairn.Saving;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Data;

public class NpyFileTests
{
    [Fact]
    public void A_file_by_NumPy_is_read()
    {
        // np.save of 6 weights and biases of mlp: 5*7+7 + 7*7+7 + 7*3+3 = 122.
        NpyArray array = NpyFile.Read(new GoldenFile("mlp").PathOf("weights.npy"));

        Assert.Equal(("float32", 122L), (array.DType, array.ElementCount));
        Assert.Equal([122], array.Shape);
    }

    [Fact]
    public void A_file_written_again_has_the_same_bytes_as_the_one_by_NumPy()
    {
        string path = new GoldenFile("mlp").PathOf("weights.npy");
        using var stream = new MemoryStream();

        NpyFile.Write(stream, NpyFile.Read(path));

        Assert.Equal(File.ReadAllBytes(path), stream.ToArray());
    }

    [Fact]
    public void Every_type_and_shape_survives_the_round_trip()
    {
        foreach (string type in WeightType.All)
        {
            foreach (long[] shape in new long[][] { [], [0], [3], [2, 3], [1, 0, 4], [2, 1, 2, 2] })
            {
                long count = shape.Aggregate(1L, (product, dimension) => product * dimension) * WeightType.SizeOf(type);
                var array = new NpyArray(type, shape, Enumerable.Range(0, (int)count).Select(i => (byte)(i % 2)).ToArray());
                using var stream = new MemoryStream();
                NpyFile.Write(stream, array);
                stream.Position = 0;

                NpyArray again = NpyFile.Read(stream, null);

                Assert.Equal((type, 0), (again.DType, (int)(stream.ToArray().Length - stream.Position)));
                Assert.Equal(shape, again.Shape);
                Assert.Equal(array.Bytes.ToArray(), again.Bytes.ToArray());
            }
        }
    }

    [Fact]
    public void NumPy_reads_what_we_write()
    {
        OutsideTools.RequireH5py();
        using var folder = new TemporaryFolder();
        NpyFile.Write(folder["x.npy"], NpyArray.FromSingles([2, 3], new float[] { 1, 2, 3, 4, 5, 6.5f }));

        string output = OutsideTools.RunPython(
            "import numpy as np, sys; x = np.load(sys.argv[1]); print(x.dtype, x.shape, x.tolist())", folder["x.npy"]);

        Assert.Equal("float32 (2, 3) [[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]]", output.Trim());
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }", "needs more than")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "is not a valid dimension")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "is not a valid dimension")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (100,), }", "needs 400 bytes")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "'|O'")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2, 2), }", "Fortran")]
    [InlineData("{'descr': '<f4', 'shape': (1,), }", "fortran_order")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "structured arrays are not supported")]
    [InlineData("", "descr")]
    public void Inconsistent_headers_are_refused(string header, string problem)
    {
        byte[] bytes = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), 0, 0, 0, 0];

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => NpyFile.Read(new MemoryStream(bytes), "x.npy"));

        Assert.Contains(problem, exception.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_with_changed_bytes_or_cut_short_are_read_or_refused()
    {
        byte[] original = File.ReadAllBytes(new GoldenFile("mlp").PathOf("weights.npy"));
        var random = new Random(5);
        for (int i = 0; i < 500; i++)
        {
            byte[] bytes = original[..random.Next(original.Length + 1)];
            for (int change = random.Next(4); change > 0 && bytes.Length > 0; change--)
            {
                bytes[random.Next(Math.Min(bytes.Length, 128))] = (byte)random.Next(256);
            }

            Exception? exception = Record.Exception(() => NpyFile.Read(new MemoryStream(bytes), "x.npy"));

            Assert.True(exception is null or ModelFormatException, $"{exception}");
        }
    }
}
