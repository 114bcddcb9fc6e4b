using Cairn.Layers;
using Cairn.Native;
using Cairn.Tests.Native;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>The layer gives the same with its own pass as with libtorch's operations.</summary>
[Collection(nameof(AloneCollection))]
public sealed class BatchNormalizationPassTests
{
    [Theory]
    [InlineData(new long[] { 40, 3 })]
    [InlineData(new long[] { 6, 7, 17 })]
    [InlineData(new long[] { 5, 6, 7, 16 })]
    [InlineData(new long[] { 1, 1, 1, 5 })]
    [InlineData(new long[] { 2, 3, 2, 3, 1 })]
    public void Values_gradients_and_moving_averages_are_those_of_libtorch(long[] shape)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach ((bool center, bool scale) in ((bool, bool)[])[(true, true), (true, false), (false, true), (false, false)])
        {
            Tensor[] ofLibTorch = Ordinarily(Step), ofPass = Step();
            Assert.Equal(ofLibTorch.Length, ofPass.Length);
            for (int i = 0; i < ofPass.Length; i++)
            {
                Assert.Equal(ofLibTorch[i].shape, ofPass[i].shape);
                // libtorch's sums over all positions are in 32 bits.
                Assert.True(allclose(ofLibTorch[i], ofPass[i], 1e-4, 3e-4), $"{i}: {(ofLibTorch[i] - ofPass[i]).abs().max().item<float>()}");
            }

            Tensor[] Step()
            {
                using var layer = new BatchNormalization(momentum: 0.7, center: center, scale: scale);
                layer.Build([Shape.None, .. shape[1..]]);
                Tensor x = Numbers(shape, 1).requires_grad_();
                Tensor y = layer.Call(x, training: true);
                Tensor[] trained = [.. layer.TrainableWeights.Select(weight => weight.Value)];
                IList<Tensor> gradients = autograd.grad([y], [x, .. trained], [Numbers(shape, 2)]);
                return [y, .. gradients, .. layer.Weights.Select(weight => weight.Value.detach().clone())];
            }
        }
    }

    [Fact]
    public void Gradients_can_be_differentiated()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] ofLibTorch = Ordinarily(Second), ofPass = Second();
        for (int i = 0; i < ofPass.Length; i++)
        {
            Assert.True(allclose(ofLibTorch[i], ofPass[i], 1e-3, 1e-4), $"{i}: {(ofLibTorch[i] - ofPass[i]).abs().max().item<float>()}");
        }

        static Tensor[] Second()
        {
            using var layer = new BatchNormalization();
            layer.Build([Shape.None, 4, 5]);
            Tensor x = Numbers([3, 4, 5], 1).requires_grad_(), y = layer.Call(x, training: true);
            Tensor[] inputs = [x, .. layer.TrainableWeights.Select(weight => weight.Value)];
            Tensor ofX = autograd.grad([(y * y * y).sum()], [x], retain_graph: true, create_graph: true)[0];
            return [.. autograd.grad([(ofX * ofX).sum()], inputs, allow_unused: true).Where(one => !one.IsInvalid)];
        }
    }

    [Fact]
    public void Other_types_layouts_and_modes_keep_libtorch()
    {
        Assert.SkipUnless(PanelProduct.IsSupported, "The processor lacks the instructions.");
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Numbers([4, 6, 3], 1), gamma = ones(3);
        Assert.True(NormalizationPass.Takes(x, gamma, null));
        Assert.False(NormalizationPass.Takes(x.to(ScalarType.Float64), null, null));
        Assert.False(NormalizationPass.Takes(x.to(ScalarType.BFloat16), gamma, null));
        Assert.False(NormalizationPass.Takes(x.transpose(1, 2), null, null));
        Assert.False(NormalizationPass.Takes(x.narrow(0, 0, 0), null, null));
        Assert.False(Ordinarily(() => NormalizationPass.Takes(x, gamma, null)));
        using var layer = new BatchNormalization();
        layer.Build([Shape.None, 6, 3]);
        using var first = new BatchNormalization(axis: 1);
        first.Build([Shape.None, 6, 3]);
        Assert.Equal(Bits(Ordinarily(() => first.Call(x, training: true))), Bits(first.Call(x, training: true)));
        Tensor before = layer.Weights[2].Value.clone();
        layer.Trainable = false;
        Assert.Equal(Bits(layer.Call(x, training: false)), Bits(layer.Call(x, training: true)));
        Assert.Equal(Bits(before), Bits(layer.Weights[2].Value));

        static byte[] Bits(Tensor tensor) => tensor.contiguous().bytes.ToArray();
    }

    private static Tensor Numbers(long[] shape, int which) => randn(shape, generator: new Generator((ulong)which)).add(Held(1f), Held(1));

    private static T Ordinarily<T>(Func<T> compute) => SwitchedOff.Run(NormalizationPass.Switch, compute);
}
