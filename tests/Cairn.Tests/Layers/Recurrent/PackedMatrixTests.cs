using Cairn.Layers;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

public sealed unsafe class PackedMatrixTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(4, 16, 16)]
    [InlineData(7, 5, 19)]
    [InlineData(13, 33, 64)]
    public void It_adds_the_same_product_as_libtorch_and_rows_are_independent(int rows, int depth, int columns)
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(3);
        Tensor kernel = randn([depth, columns], generator: generator), x = randn([rows, depth], generator: generator),
            sums = randn([rows, columns], generator: generator);
        Tensor expected = addmm(sums, x, kernel, 1, 1);
        foreach (bool transposed in new[] { false, true })
        {
            var product = PackedMatrix.With(transposed ? kernel.t().contiguous() : kernel, transposed);
            Tensor together = sums.clone(), alone = sums.clone();
            product.Add(Address(x), Address(together), rows);
            for (int row = 0; row < rows; row++)
            {
                product.Add(Address(x) + (row * depth), Address(alone) + (row * columns), 1);
            }

            Assert.True(together.allclose(expected, 1e-5, 1e-5), $"{together} against {expected}");
            Assert.Equal(together.data<float>().ToArray(), alone.data<float>().ToArray());
        }
    }

    [Theory]
    [InlineData(3, 5, 12)]
    [InlineData(9, 7, 16)]
    [InlineData(8, 20, 49)]
    public void It_begins_with_the_bias(int rows, int depth, int columns)
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(4);
        Tensor kernel = randn([depth, columns], generator: generator), x = randn([rows, depth], generator: generator),
            bias = randn([columns], generator: generator), sums = full([rows, columns], float.NaN),
            plain = full([rows, columns], float.NaN);
        PackedMatrix.With(kernel, transposed: false, bias).Set(Address(x), Address(sums), rows);
        PackedMatrix.With(kernel, transposed: false).Set(Address(x), Address(plain), rows);
        Assert.True(sums.allclose(addmm(bias, x, kernel, 1, 1), 1e-5, 1e-5));
        Assert.True(plain.allclose(x.mm(kernel), 1e-5, 1e-5));
    }

    [Fact]
    public void Several_threads_take_all_samples_once_in_whole_tiles()
    {
        foreach (int samples in new[] { 1, 4, 7, 32, 33 })
        {
            int[] taken = new int[samples];
            BatchParts.RunIn(3, samples, (first, count) =>
            {
                Assert.Equal(0, first % 4);
                for (int i = first; i < first + count; i++)
                {
                    Interlocked.Increment(ref taken[i]);
                }
            });

            Assert.All(taken, times => Assert.Equal(1, times));
        }
    }

    private static float* Address(Tensor tensor) => (float*)TensorMemory.PointerTo(tensor);
}
