using Cairn.Layers;
using Cairn.Tests.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>The product of sequences with a kernel compared with libtorch's operations in double precision.</summary>
[Collection(nameof(AloneCollection))]
public sealed class DensePassTests : IDisposable
{
    private readonly int before = get_num_threads();

    public void Dispose() => set_num_threads(before);

    [Theory]
    [InlineData(32, 64, 64, 64, false, true)]
    [InlineData(32, 64, 64, 256, true, true)]
    [InlineData(32, 64, 256, 64, false, false)]
    [InlineData(7, 41, 83, 101, true, true)]
    [InlineData(3, 700, 31, 33, true, false)]
    public void Values_and_gradients_are_those_of_the_formula(int batch, int steps, int inputs, int outputs, bool isRelu, bool hasBias)
    {
        Assert.SkipUnless(Cairn.Native.PanelProduct.IsSupported, "The processor lacks the instructions.");
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(7);

        // Not contiguous.
        Tensor x = randn([steps, batch, inputs], generator: generator).transpose(0, 1).requires_grad_(true);
        Tensor kernel = randn([inputs, outputs], generator: generator).requires_grad_(true);
        Tensor? bias = hasBias ? randn([outputs], generator: generator).requires_grad_(true) : null;
        Tensor factors = randn([batch, steps, outputs], generator: generator);
        Assert.True(DensePass.Fits(x, kernel, bias));
        Tensor[] leaves = hasBias ? [x, kernel, bias!] : [x, kernel];
        set_num_threads(1);
        Tensor[] first = Results(i => DensePass.Run(i[0], i[1], hasBias ? i[2] : null, isRelu), leaves);
        Tensor positive = first[0].gt(0);
        Tensor[] exact = Results(
            i => Formula(i, isRelu ? positive : null), [.. leaves.Select(i => i.detach().@double().requires_grad_(true))]);
        foreach ((Tensor want, Tensor have) in exact.Zip(first))
        {
            Assert.Equal(want.shape, have.shape);
            Assert.InRange((have.@double() - want).abs().max().item<double>(), 0, 5e-6 * (1 + want.abs().max().item<double>()));
        }

        foreach (int threads in new[] { 2, 3 })
        {
            set_num_threads(threads);
            Tensor[] again = Results(i => DensePass.Run(i[0], i[1], hasBias ? i[2] : null, isRelu), leaves);
            Assert.Equal(first.Select(Numbers), again.Select(Numbers));
        }

        using IDisposable noGradients = no_grad();
        Assert.Equal(Numbers(first[0]), Numbers(DensePass.Run(x, kernel, bias, isRelu)));

        Tensor[] Results(Func<Tensor[], Tensor> compute, Tensor[] given)
        {
            Tensor output = compute(given);
            return [output.detach(), .. autograd.grad([(output * factors.to(output.dtype)).sum()], given)];
        }
    }

    [Fact]
    public void Gradients_have_gradients()
    {
        Assert.SkipUnless(Cairn.Native.PanelProduct.IsSupported, "The processor lacks the instructions.");
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(8);
        Tensor[] leaves =
        [
            randn([32, 40, 40], generator: generator).requires_grad_(true),
            randn([40, 41], generator: generator).mul_(0.1).requires_grad_(true),
            randn([41], generator: generator).requires_grad_(true),
        ];
        Assert.True(DensePass.Fits(leaves[0], leaves[1], leaves[2]));
        Tensor positive = DensePass.Run(leaves[0], leaves[1], leaves[2], isRelu: true).gt(0);
        Tensor[] found = Second(i => DensePass.Run(i[0], i[1], i[2], isRelu: true), leaves);
        Tensor[] exact = Second(i => Formula(i, positive), [.. leaves.Select(i => i.detach().@double().requires_grad_(true))]);
        foreach ((Tensor want, Tensor have) in exact.Zip(found))
        {
            Assert.InRange((have.@double() - want).abs().max().item<double>(), 0, 1e-5 * (1 + want.abs().max().item<double>()));
        }

        static Tensor[] Second(Func<Tensor[], Tensor> compute, Tensor[] given)
        {
            Tensor output = compute(given);
            IEnumerable<Tensor> first = autograd.grad([(output * output).sum()], given, retain_graph: true, create_graph: true);
            return [.. autograd.grad([first.Select(x => (x * x).sum()).Aggregate((a, b) => a + b)], given)];
        }
    }

    [Fact]
    public void Weights_that_need_no_gradient_get_none()
    {
        Assert.SkipUnless(Cairn.Native.PanelProduct.IsSupported, "The processor lacks the instructions.");
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(8, 64, 64), kernel = ones(64, 64), bias = zeros(64).requires_grad_(true);
        DensePass.Run(x, kernel, bias, isRelu: false).sum().backward();
        Assert.All(Numbers(bias.grad!), slope => Assert.Equal(8 * 64, slope));
        Assert.Null(kernel.grad);
    }

    [Fact]
    public void Small_and_unusual_products_are_left_to_libtorch()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.False(DensePass.Fits(ones(2, 3, 4), ones(4, 5), null));
        Assert.False(DensePass.Fits(ones(2048, 64), ones(64, 64), null));
        Assert.False(DensePass.Fits(ones(32, 64, 64, dtype: ScalarType.Float64), ones(64, 64, dtype: ScalarType.Float64), null));
        Assert.False(DensePass.Fits(ones(32, 64, 63), ones(64, 64), null));
    }

    // Sums near 0 can have either sign; relu keeps those that are positive in single precision.
    private static Tensor Formula(Tensor[] i, Tensor? positive)
    {
        Tensor sum = i[0].matmul(i[1]);
        sum = i.Length > 2 ? sum + i[2] : sum;
        return positive is null ? sum : sum * positive;
    }

    private static float[] Numbers(Tensor tensor) => tensor.contiguous().data<float>().ToArray();
}
