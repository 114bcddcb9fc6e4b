using Cairn.Layers;
using Cairn.Native;
using Cairn.Tests.Native;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>
/// Convolutions by patches give what libtorch's convolutions give in doubles, and the same bits for any number of threads.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class ConvolutionPassTests : IDisposable
{
    // In float32's steps at the sum of the magnitudes of what is added up.
    private const double Steps = 4;

    private static readonly Gen<Case> Cases =
        from rank in Gen.Int[1, 3]
        from isTransposed in Gen.Bool
        from padding in Gen.OneOfConst("valid", "same")
        from isStrided in Gen.Bool
        from lengths in Gen.Long[1, 11].Array[rank]
        from window in Gen.Long[1, 4].Array[rank]
        from steps in Gen.Long[1, 3].Array[rank]
        from channels in Gen.OneOfConst(1, 2, 3, 8, 16, 17, 33)
        from filters in Gen.OneOfConst(1, 3, 5, 16, 20, 32, 48, 65)
        from samples in Gen.OneOfConst(1, 2, 5, 19)
        from useBias in Gen.Bool
        from activation in Gen.OneOfConst("linear", "relu")
        from seed in Gen.Int[0, 1000]
        select new Case(isTransposed, padding, isStrided, lengths, window, steps, channels, filters, samples, useBias, seed, activation);

    private readonly int before = get_num_threads();

    public void Dispose() => set_num_threads(before);

    [Fact]
    public void Values_and_gradients_are_those_of_libtorch_in_doubles() => Cases.Sample(
        one =>
        {
            if (!one.Fits)
            {
                return;
            }

            using DisposeScope scope = NewDisposeScope();
            using KernelLayer layer = one.Create();
            Tensor[] inputs = one.Inputs(layer);
            PatchLayer patches = one.Patches(layer);
            Tensor[] exact = [.. inputs.Select(input => input.detach().to(ScalarType.Float64).requires_grad_())];
            Tensor expected = patches.Ordinary(exact[0], exact[1], exact.ElementAtOrDefault(2));
            Tensor slopes = one.Numbers(expected.shape, 9);
            if (one.Activation == "relu")
            {
                // A sum around 0 may round to either side of it.
                Case linear = one with { Activation = "linear" };
                using KernelLayer other = linear.Create();
                Tensor sums = linear.Patches(other).Ordinary(exact[0], exact[1], exact.ElementAtOrDefault(2)).detach();
                slopes = where(sums.abs() < 1e-4, zeros_like(slopes), slopes);
            }

            Tensor[] gradients = [.. autograd.grad([expected], exact, [slopes.to(ScalarType.Float64)])];
            // In doubles too: on some processors libtorch's convolutions of floats are wrong.
            Tensor[] sizes = [.. exact.Select(input => input.detach().abs().requires_grad_())];
            Tensor size = patches.Ordinary(sizes[0], sizes[1], sizes.ElementAtOrDefault(2));
            Tensor[] gradientSizes = [.. autograd.grad([size], sizes, [slopes.abs().to(ScalarType.Float64)])];

            Tensor y = ConvolutionPass.Run(patches, inputs[0], inputs[1], inputs.ElementAtOrDefault(2));
            Tensor[] found = [.. autograd.grad([y], inputs, [slopes])];
            AssertClose(expected, y, size);
            for (int i = 0; i < inputs.Length; i++)
            {
                AssertClose(gradients[i], found[i], gradientSizes[i]);
            }
        },
        iter: 300, threads: 1);

    [Theory]
    [InlineData(false, 2, 28, 1, 32, 1)]
    [InlineData(false, 2, 28, 16, 24, 2)]
    [InlineData(true, 2, 14, 8, 16, 2)]
    [InlineData(false, 1, 128, 16, 64, 1)]
    public void Bits_do_not_depend_on_the_threads(bool isTransposed, int rank, int length, int channels, int filters, int stride)
    {
        long[] axes = [.. Enumerable.Repeat((long)length, rank)];
        foreach (int samples in (int[])[1, 32])
        {
            var one = new Case(isTransposed, "same", true, axes, [.. axes.Select(_ => 3L)], [.. axes.Select(_ => (long)stride)],
                channels, filters, samples, true, 1);
            byte[][] first = [];
            for (int threads = 1; threads <= 3; threads++)
            {
                set_num_threads(threads);
                using DisposeScope scope = NewDisposeScope();
                using KernelLayer layer = one.Create();
                Tensor[] inputs = one.Inputs(layer);
                Tensor y = ConvolutionPass.Run(one.Patches(layer), inputs[0], inputs[1], inputs[2]);
                byte[][] bits = [.. autograd.grad([y], inputs, [one.Numbers(y.shape, 9)]).Append(y).Select(part => part.bytes.ToArray())];
                first = threads == 1 ? bits : first;
                Assert.Equal(first, bits);
            }
        }
    }

    [Fact]
    public void A_sample_has_the_same_bits_in_every_batch()
    {
        using DisposeScope scope = NewDisposeScope();
        var one = new Case(false, "same", false, [9, 7], [3, 3], [1, 1], 5, 20, 11, true, 3);
        using KernelLayer layer = one.Create();
        Tensor x = one.Inputs(layer)[0].detach();
        Tensor all = layer.Call(x);
        for (int i = 0; i < 11; i++)
        {
            Assert.Equal(all[i].bytes.ToArray(), layer.Call(x.narrow(0, i, 1))[0].bytes.ToArray());
        }
    }

    [Fact]
    public void Layers_take_this_way_and_its_gradients_can_be_differentiated()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (bool isTransposed in (bool[])[false, true])
        {
            var one = new Case(isTransposed, "same", true, [5, 6], [3, 2], [2, 1], 3, 4, 2, true, 5);
            using KernelLayer layer = one.Create();
            Tensor[] inputs = one.Inputs(layer);
            PatchLayer patches = one.Patches(layer);
            Tensor[] ofPass = Second((x, k, b) => ConvolutionPass.Run(patches, x, k, b));
            Tensor[] ofLibTorch = Second((x, k, b) => patches.Ordinary(x, k, b));
            for (int i = 0; i < ofPass.Length; i++)
            {
                Assert.True(allclose(ofLibTorch[i], ofPass[i], 1e-4, 1e-4));
            }

            Tensor[] Second(Func<Tensor, Tensor, Tensor, Tensor> function)
            {
                Tensor y = function(inputs[0], inputs[1], inputs[2]);
                Tensor ofInput = autograd.grad([(y * y * y).sum()], [inputs[0]], retain_graph: true, create_graph: true)[0];
                return [.. autograd.grad([(ofInput * ofInput).sum()], inputs)];
            }
        }
    }

    [Fact]
    public void Only_needed_gradients_are_computed_and_other_types_keep_libtorch()
    {
        Assert.SkipUnless(PanelProduct.IsSupported, "The processor lacks the instructions.");
        using DisposeScope scope = NewDisposeScope();
        var one = new Case(false, "valid", true, [6, 6], [3, 3], [1, 1], 2, 4, 3, true, 5);
        using KernelLayer layer = one.Create();
        Tensor[] inputs = one.Inputs(layer);
        Tensor x = inputs[0].detach(), kernel = inputs[1].detach();
        Tensor y = ConvolutionPass.Run(one.Patches(layer), x, kernel, inputs[2]);
        y.sum().backward();
        Assert.NotNull(inputs[2].grad);
        Assert.Null(x.grad);
        Assert.Null(kernel.grad);
        Assert.True(ConvolutionPass.Takes(x, kernel, null));
        Assert.False(ConvolutionPass.Takes(x.to(ScalarType.Float64), kernel.to(ScalarType.Float64), null));
        Assert.False(ConvolutionPass.Takes(x.to(ScalarType.BFloat16), kernel, null));
        Assert.False(ConvolutionPass.Run(one.Patches(layer), x, kernel, inputs[2].detach()).requires_grad);
    }

    [Fact]
    public void A_window_that_reaches_too_far_keeps_libtorch()
    {
        using DisposeScope scope = NewDisposeScope();
        using var layer = new Conv2D(2, 3, padding: "same", dilationRate: 20_000, kernelInitializer: "ones");
        layer.Build([Shape.None, 2, 2, 1]);
        Assert.Null(layer.CreatePatches([1, 2, 2, 1]));
        Assert.All(layer.Call(ones(1, 2, 2, 1)).data<float>(), y => Assert.Equal(1, y));
    }

    [Fact]
    public void A_program_can_opt_out()
    {
        Assert.SkipUnless(PanelProduct.IsSupported, "The processor lacks the instructions.");
        using DisposeScope scope = NewDisposeScope();
        using Sequential model = [new Input([5, 5, 1]), new Conv2D(2, 3), new Flatten()];
        Tensor x = zeros(1, 5, 5, 1);
        Assert.True(ConvolutionPass.Takes(x, x, null));
        AppContext.SetSwitch(ConvolutionPass.Switch, false);
        try
        {
            Assert.False(ConvolutionPass.Takes(x, x, null));
            Assert.Equal([1, 18], model.PredictOnBatch(new float[1, 5, 5, 1]).Shape);
            Assert.Null(model.InferencePlan);
        }
        finally
        {
            AppContext.SetSwitch(ConvolutionPass.Switch, true);
        }
    }

    private static void AssertClose(Tensor expected, Tensor actual, Tensor size)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(actual.is_contiguous());
        Tensor excess = (expected - actual).abs() - (size * (Steps * Math.Pow(2, -23)));
        Assert.True(excess.max().item<double>() <= 0, $"Too far from libtorch's value by {excess.max().item<double>()}.");
    }

    private sealed record Case(
        bool IsTransposed, string Padding, bool IsStrided, long[] Lengths, long[] Window, long[] Steps, int Channels, int Filters,
        int Samples, bool UseBias, int Seed, string Activation = "relu")
    {
        private long[] Ones => [.. Steps.Select(_ => 1L)];

        private long[] Strides => IsStrided ? Steps : Ones;

        private long[] Dilation => IsStrided ? Ones : Steps;

        public override string ToString() => $"{(IsTransposed ? "transposed, " : "")}{Padding}, lengths {string.Join("x", Lengths)}, "
            + $"window {string.Join("x", Window)}, strides {string.Join("x", Strides)}, dilation {string.Join("x", Dilation)}, "
            + $"{Channels} channels, {Filters} filters, {Samples} samples, bias {UseBias}, seed {Seed}, {Activation}";

        public bool Fits => IsTransposed || Padding == "same"
            || Lengths.Zip(Window, Dilation).All(axis => axis.First > (axis.Second - 1) * axis.Third);

        public KernelLayer Create()
        {
            Cairn.Layers.Padding padding = Padding;
            KernelLayer layer = (Lengths.Length, IsTransposed) switch
            {
                (1, false) => new Conv1D(Filters, (int)Window[0], (int)Strides[0], padding, dilationRate: (int)Dilation[0],
                    activation: Activation, useBias: UseBias),
                (2, false) => new Conv2D(Filters, Two(Window), Two(Strides), padding, dilationRate: Two(Dilation),
                    activation: Activation, useBias: UseBias),
                (3, false) => new Conv3D(Filters, Three(Window), Three(Strides), padding, dilationRate: Three(Dilation),
                    activation: Activation, useBias: UseBias),
                (1, true) => new Conv1DTranspose(Filters, (int)Window[0], (int)Strides[0], padding, dilationRate: (int)Dilation[0],
                    activation: Activation, useBias: UseBias),
                (2, true) => new Conv2DTranspose(Filters, Two(Window), Two(Strides), padding, dilationRate: Two(Dilation),
                    activation: Activation, useBias: UseBias),
                _ => new Conv3DTranspose(Filters, Three(Window), Three(Strides), padding, dilationRate: Three(Dilation),
                    activation: Activation, useBias: UseBias),
            };
            layer.Build([Shape.None, .. Lengths, Channels]);
            return layer;
        }

        public PatchLayer Patches(KernelLayer layer) => layer.CreatePatches([Samples, .. Lengths, Channels])!;

        public Tensor[] Inputs(KernelLayer layer) =>
        [
            Numbers([Samples, .. Lengths, Channels], 1).requires_grad_(),
            .. layer.Weights.Select((weight, i) => Numbers([.. weight.Shape], 2 + i).requires_grad_()),
        ];

        public Tensor Numbers(long[] shape, int which) => randn(shape, generator: new Generator((ulong)((Seed * 100) + which)));

        private static Size2D Two(long[] sizes) => new((int)sizes[0], (int)sizes[1]);

        private static Size3D Three(long[] sizes) => new((int)sizes[0], (int)sizes[1], (int)sizes[2]);
    }
}
