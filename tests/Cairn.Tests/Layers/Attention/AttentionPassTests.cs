using Cairn.Layers;
using Cairn.Tests.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>Attention in one pass compared with the formula in double precision.</summary>
[Collection(nameof(AloneCollection))]
public sealed class AttentionPassTests : IDisposable
{
    private readonly int before = get_num_threads();

    public void Dispose() => set_num_threads(before);

    // Batch, targets, sources, heads, size, size of the value.
    [Theory]
    [InlineData(1, 1, 1, 1, 1, 1, false)]
    [InlineData(2, 5, 7, 3, 4, 6, false)]
    [InlineData(3, 64, 64, 4, 16, 16, false)]
    [InlineData(2, 17, 17, 2, 8, 32, true)]
    [InlineData(2, 33, 20, 1, 33, 40, false)]
    [InlineData(2, 9, 48, 2, 20, 17, true)]
    [InlineData(1, 100, 130, 2, 64, 64, false)]
    public void Values_and_gradients_are_those_of_the_formula(
        int batch, int targets, int sources, int heads, int size, int valueSize, bool causal)
    {
        Assert.SkipUnless(Cairn.Native.PanelProduct.IsSupported, "The processor lacks the instructions.");
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(7);
        Tensor query = Random(batch, targets, heads, size), key = Random(batch, sources, heads, size);
        Tensor value = Random(batch, sources, heads, valueSize), factors = randn([batch, targets, heads, valueSize], generator: generator);
        Assert.True(AttentionPass.Fits(query, key, value));
        Tensor[] leaves = [query, key, value];
        Tensor[] exact = Results(
            x => Formula(x[0], x[1], x[2], causal), [.. leaves.Select(x => x.detach().@double().requires_grad_(true))]);
        float[][]? found = null;
        foreach (int threads in new[] { 1, 2, 3 })
        {
            set_num_threads(threads);
            Tensor[] now = Results(x => AttentionPass.Run(x[0], x[1], x[2], causal), leaves);
            foreach ((Tensor want, Tensor have) in exact.Zip(now))
            {
                Assert.Equal(want.shape, have.shape);
                Assert.InRange((have.@double() - want).abs().max().item<double>(), 0, 2e-6 * (1 + want.abs().max().item<double>()));
            }

            float[][] numbers = [.. now.Select(x => x.contiguous().data<float>().ToArray())];
            Assert.Equal(found ?? numbers, numbers);
            found = numbers;
        }

        using IDisposable noGradients = no_grad();
        Assert.Equal(found![0], AttentionPass.Run(query, key, value, causal).data<float>().ToArray());

        Tensor Random(params long[] shape) => randn(shape, generator: generator).requires_grad_(true);

        Tensor[] Results(Func<Tensor[], Tensor> attend, Tensor[] inputs)
        {
            Tensor output = attend(inputs);
            return [output.detach(), .. autograd.grad([(output * factors.to(output.dtype)).sum()], inputs)];
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_have_gradients(bool causal)
    {
        Assert.SkipUnless(Cairn.Native.PanelProduct.IsSupported, "The processor lacks the instructions.");
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(8);
        Tensor[] leaves = [.. Enumerable.Range(0, 3).Select(_ => randn([2, 6, 2, 3], generator: generator).requires_grad_(true))];
        Tensor[] found = Second(x => AttentionPass.Run(x[0], x[1], x[2], causal), leaves);
        Tensor[] exact = Second(x => Formula(x[0], x[1], x[2], causal), [.. leaves.Select(x => x.detach().@double().requires_grad_(true))]);
        foreach ((Tensor want, Tensor have) in exact.Zip(found))
        {
            Assert.InRange((have.@double() - want).abs().max().item<double>(), 0, 2e-5 * (1 + want.abs().max().item<double>()));
        }

        static Tensor[] Second(Func<Tensor[], Tensor> attend, Tensor[] inputs)
        {
            Tensor output = attend(inputs);
            IEnumerable<Tensor> first = autograd.grad([(output * output).sum()], inputs, retain_graph: true, create_graph: true);
            Tensor sum = first.Select(x => (x * x * x).sum()).Aggregate((a, b) => a + b);
            return [.. autograd.grad([sum], inputs)];
        }
    }

    private static Tensor Formula(Tensor query, Tensor key, Tensor value, bool causal)
    {
        Tensor scores = einsum("bthd,bshd->bhts", query, key) / Math.Sqrt(query.size(-1));
        if (causal)
        {
            scores = where(ones(query.size(1), key.size(1), ScalarType.Bool).tril(), scores, tensor(double.NegativeInfinity, scores.dtype));
        }

        return einsum("bhts,bshd->bthd", scores.softmax(-1), value);
    }
}
