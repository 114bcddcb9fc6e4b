using Cairn.Layers;
using Cairn.Native;
using Cairn.Tests.Native;
using CsCheck;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>Pooling in memory gives what libtorch's pooling gives, and the same bits for any number of threads.</summary>
[Collection(nameof(AloneCollection))]
public sealed class PoolingPassTests : IDisposable
{
    private static readonly Gen<Case> Cases =
        from rank in Gen.Int[1, 3]
        from isMaximum in Gen.Bool
        from padding in Gen.OneOfConst("valid", "same")
        from lengths in Gen.Long[1, 11].Array[rank]
        from window in Gen.Int[1, 4].Array[rank]
        from strides in Gen.Int[1, 4].Array[rank]
        from channels in Gen.OneOfConst(1, 3, 8, 16, 17, 33)
        from samples in Gen.OneOfConst(1, 2, 5, 40)
        from seed in Gen.Int[0, 1000]
        select new Case(isMaximum, padding, lengths, window, strides, channels, samples, seed);

    private readonly int before = get_num_threads();

    public void Dispose() => set_num_threads(before);

    [Fact]
    public void Values_and_gradients_are_those_of_libtorch() => Cases.Sample(
        one =>
        {
            if (one.Padding == "valid" && one.Lengths.Zip(one.Window).Any(axis => axis.First < axis.Second))
            {
                return;
            }

            using DisposeScope scope = NewDisposeScope();
            using Layer layer = one.Create();

            // Few different numbers: there are many ties.
            Tensor x = one.Numbers([one.Samples, .. one.Lengths, one.Channels], 1).mul(Held(2f)).round().requires_grad_();
            Tensor expected = Ordinarily(() => layer.Call(x)), y = layer.Call(x);
            Tensor slopes = one.Numbers(expected.shape, 2);
            AssertClose(expected, y);
            AssertClose(autograd.grad([expected], [x], [slopes])[0], autograd.grad([y], [x], [slopes])[0]);
        },
        iter: 300, threads: 1);

    [Fact]
    public void A_mean_over_all_positions_is_that_of_libtorch()
    {
        foreach ((long[] lengths, Layer layer) in (ReadOnlySpan<(long[], Layer)>)
            [([7], new GlobalAveragePooling1D()), ([30, 21], new GlobalAveragePooling2D(keepDims: true)),
                ([3, 4, 5], new GlobalAveragePooling3D()), ([30, 21], new GlobalMaxPooling2D())])
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = randn([3, .. lengths, 17], generator: new Generator(4)).round().requires_grad_();
            Tensor expected = Ordinarily(() => layer.Call(x)), y = layer.Call(x), slopes = randn(y.shape);
            AssertClose(expected, y);
            AssertClose(autograd.grad([expected], [x], [slopes])[0], autograd.grad([y], [x], [slopes])[0]);
            AssertClose(expected, layer.Call(x.detach()));
            layer.Dispose();
        }
    }

    [Fact]
    public void The_mean_of_many_numbers_is_exact()
    {
        using DisposeScope scope = NewDisposeScope();
        using var layer = new GlobalAveragePooling1D();
        Tensor x = rand([1, 200_003, 3], generator: new Generator(4)).add(Held(1000f), Held(1));
        Tensor excess = (x.to(ScalarType.Float64).mean([1]) - layer.Call(x)).abs();
        Assert.True(excess.max().item<double>() < 0.01, $"{excess.max().item<double>()}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_slope_goes_where_libtorch_finds_a_NaN(int stride)
    {
        using DisposeScope scope = NewDisposeScope();
        using var layer = new MaxPooling2D(2, stride, padding: "same");
        Tensor x = randn([2, 9, 7, 17], generator: new Generator(4)), mask = rand([2, 9, 7, 17], generator: new Generator(5)) < 0.3;
        x = x.masked_fill(mask, Held(float.NaN)).requires_grad_();
        Tensor expected = Ordinarily(() => layer.Call(x)), y = layer.Call(x), slopes = randn(y.shape);
        Assert.True(expected.isnan().eq(y.isnan()).all().item<bool>());
        AssertClose(expected.nan_to_num(0), y.nan_to_num(0));
        AssertClose(autograd.grad([expected], [x], [slopes])[0], autograd.grad([y], [x], [slopes])[0]);
    }

    [Fact]
    public void Maxima_of_relu_pass_no_slope_where_it_is_0()
    {
        using DisposeScope scope = NewDisposeScope();
        using var layer = new MaxPooling2D(2);
        var sizes = new PooledAxes(layer.Window, [8, 6, 17]);
        Tensor sums = randn([3, 8, 6, 17], generator: new Generator(4)).add(Held(-0.7f), Held(1)).requires_grad_();
        Tensor x = sums.relu(), y = Ordinarily(() => layer.Call(x)), slopes = randn(y.shape);
        Tensor expected = autograd.grad([y], [sums], [slopes])[0], found = empty(x.shape);
        unsafe
        {
            WindowPoolingGradient.OfMaxima(sizes, Pointer(x), Pointer(y), true, Pointer(slopes), 3, Pointer(found));
        }

        AssertClose(expected, found);

        static unsafe float* Pointer(Tensor tensor) => (float*)TensorMemory.PointerTo(tensor);
    }

    [Theory]
    [InlineData(true, 2, 2)]
    [InlineData(true, 3, 2)]
    [InlineData(false, 2, 2)]
    [InlineData(false, 3, 2)]
    public void Bits_do_not_depend_on_the_threads(bool isMaximum, int window, int stride)
    {
        var one = new Case(isMaximum, "same", [28, 28], [window, window], [stride, stride], 32, 32, 1);
        byte[][] first = [];
        for (int threads = 1; threads <= 3; threads++)
        {
            set_num_threads(threads);
            using DisposeScope scope = NewDisposeScope();
            using Layer layer = one.Create();
            Tensor x = one.Numbers([32, 28, 28, 32], 1).requires_grad_();
            Tensor y = layer.Call(x);
            byte[][] bits = [y.bytes.ToArray(), autograd.grad([y], [x], [one.Numbers(y.shape, 2)])[0].bytes.ToArray()];
            first = threads == 1 ? bits : first;
            Assert.Equal(first, bits);
        }
    }

    [Fact]
    public void Gradients_can_be_differentiated()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Layer layer in (Layer[])[new MaxPooling1D(2), new AveragePooling1D(3, 2, "same"), new GlobalAveragePooling1D()])
        {
            Tensor x = randn([2, 9, 5], generator: new Generator(4)).requires_grad_();
            Tensor ofPass = Second(), ofLibTorch = Ordinarily(Second);
            AssertClose(ofLibTorch, ofPass.contiguous());
            layer.Dispose();

            Tensor Second()
            {
                Tensor y = layer.Call(x);
                Tensor ofX = autograd.grad([(y * y * y).sum()], [x], retain_graph: true, create_graph: true)[0];
                return autograd.grad([(ofX * ofX).sum()], [x])[0];
            }
        }
    }

    [Fact]
    public void Other_types_and_layouts_keep_libtorch()
    {
        Assert.SkipUnless(PanelProduct.IsSupported, "The processor lacks the instructions.");
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn(2, 6, 4, 3);
        Assert.True(PoolingPass.Takes(x));
        Assert.False(PoolingPass.Takes(x.to(ScalarType.Float64)));
        Assert.False(PoolingPass.Takes(x.to(ScalarType.BFloat16)));
        Assert.False(PoolingPass.Takes(x.permute(0, 3, 1, 2)));
        Assert.False(PoolingPass.Takes(x.narrow(0, 0, 0)));
        Assert.False(Ordinarily(() => PoolingPass.Takes(x)));
    }

    private static T Ordinarily<T>(Func<T> compute) => SwitchedOff.Run(NormalizationPass.Switch, compute);

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(actual.is_contiguous());
        Assert.True(allclose(expected, actual, 1e-6, 1e-6), $"{(expected - actual).abs().max().item<float>()}");
    }

    private sealed record Case(
        bool IsMaximum, string Padding, long[] Lengths, int[] Window, int[] Strides, int Channels, int Samples, int Seed)
    {
        public Tensor Numbers(long[] shape, int which) => randn(shape, generator: new Generator((ulong)((Seed * 100) + which)));

        public Layer Create()
        {
            Cairn.Layers.Padding padding = Padding;
            return (Lengths.Length, IsMaximum) switch
            {
                (1, true) => new MaxPooling1D(Window[0], Strides[0], padding),
                (2, true) => new MaxPooling2D(Two(Window), Two(Strides), padding),
                (3, true) => new MaxPooling3D(Three(Window), Three(Strides), padding),
                (1, false) => new AveragePooling1D(Window[0], Strides[0], padding),
                (2, false) => new AveragePooling2D(Two(Window), Two(Strides), padding),
                _ => new AveragePooling3D(Three(Window), Three(Strides), padding),
            };
        }

        private static Size2D Two(int[] sizes) => new(sizes[0], sizes[1]);

        private static Size3D Three(int[] sizes) => new(sizes[0], sizes[1], sizes[2]);
    }
}
