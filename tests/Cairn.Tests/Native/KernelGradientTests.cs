using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Native;

[Collection(nameof(AloneCollection))]
public sealed unsafe class KernelGradientTests : IDisposable
{
    private readonly int before = get_num_threads();

    public void Dispose() => set_num_threads(before);

    [Theory]
    [InlineData(1, 1, 1, 1, 0)]
    [InlineData(70, 5, 3, 12, 4)]
    [InlineData(129, 28, 19, 40, 65)]
    [InlineData(900, 28, 128, 512, 32)]
    [InlineData(2048, 256, 8, 64, 0)]
    public void Gradients_are_those_of_double_precision_with_any_number_of_threads(int rows, int wide, int narrow, int columns, int first)
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(5);
        Tensor slopes = randn([rows, columns], generator: generator), one = randn([rows, wide], generator: generator);
        Tensor other = randn([rows, narrow], generator: generator);
        Tensor initial = other.narrow(0, 0, first).contiguous(), later = other.narrow(0, first, rows - first).contiguous();
        Tensor exact = slopes.@double();
        float[][]? found = null;
        foreach (int threads in new[] { 1, 2, 3 })
        {
            set_num_threads(threads);
            Tensor ofOne = empty(wide, columns), ofOther = empty(narrow, columns), ofBias = empty(columns);
            KernelGradient.Compute(
                Address(slopes), rows, columns, Address(ofBias),
                new GradientInput { Rows = Address(one), Features = wide, Gradient = Address(ofOne) },
                new GradientInput
                {
                    Rows = Address(later),
                    Features = narrow,
                    Before = Address(initial),
                    RowsBefore = first,
                    Gradient = Address(ofOther),
                });
            AssertClose(one.@double().t().mm(exact), ofOne, rows);
            AssertClose(other.@double().t().mm(exact), ofOther, rows);
            AssertClose(exact.sum([0L]), ofBias, rows);
            float[][] now = [Numbers(ofOne), Numbers(ofOther), Numbers(ofBias)];
            Assert.Equal(found ?? now, now);
            found = now;
        }
    }

    [Fact]
    public void First_rows_without_memory_count_as_zeros()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor slopes = ones(6, 2), x = ones(4, 3), gradient = empty(3, 2);
        KernelGradient.Compute(
            Address(slopes), 6, 2, null,
            new GradientInput { Rows = Address(x), Features = 3, RowsBefore = 2, Gradient = Address(gradient) });
        Assert.All(Numbers(gradient), number => Assert.Equal(4, number));
    }

    // The rounding errors of a sum of products of standard normal numbers, several times.
    private static void AssertClose(Tensor exact, Tensor found, int rows) =>
        Assert.InRange((found.@double() - exact).abs().max().item<double>(), 0, 3e-7 * (rows + 4));

    private static float[] Numbers(Tensor tensor) => tensor.data<float>().ToArray();

    private static float* Address(Tensor tensor) => (float*)TensorMemory.PointerTo(tensor);
}
