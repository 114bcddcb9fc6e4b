using Cairn.Layers;
using Cairn.Native;
using Cairn.Tests.Native;
using CsCheck;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>
/// Batch normalization by <see cref="ChannelNormalization"/> gives what libtorch gives in doubles, and the same bits for any number of
/// threads.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed unsafe class NormalizationPassTests : IDisposable
{
    private const double Epsilon = 1e-3;

    private static readonly Gen<Case> Cases =
        from rows in Gen.OneOfConst(1, 2, 3, 31, 64, 1000, 5000)
        from channels in Gen.OneOfConst(1, 3, 15, 16, 17, 32, 63, 64, 65, 100, 300, 520)
        from center in Gen.OneOfConst(0.0, 1, -1000)
        from isScaled in Gen.Bool
        from isCentered in Gen.Bool
        from adds in Gen.Bool
        from rectifies in Gen.Bool
        from seed in Gen.Int[0, 1000]
        select new Case(rows, channels, center, isScaled, isCentered, adds, rectifies, seed);

    private readonly int before = get_num_threads();

    public void Dispose() => set_num_threads(before);

    [Fact]
    public void Values_and_gradients_are_those_of_libtorch_in_doubles() => Cases.Sample(
        one =>
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor x, Tensor gamma, Tensor beta, Tensor added) = one.Inputs();
            Tensor[] exact = [.. ((Tensor[])[x, gamma, beta, added]).Select(input => input.to(ScalarType.Float64).requires_grad_())];
            Tensor sums = one.Ordinary(exact);
            Tensor expected = one.Rectifies ? sums.relu() : sums;

            // A sum around 0 may round to either side of it.
            Tensor slopes = one.Numbers([one.Rows, one.Channels], 9);
            slopes = where(sums.detach().abs() < 1e-2, zeros_like(slopes), slopes);
            IList<Tensor> gradients = autograd.grad([expected], exact, [slopes.to(ScalarType.Float64)], allow_unused: true);
            Found found = one.Compute(x, gamma, beta, added, slopes);

            // The mean of a few numbers that happen to lie close together is rounded to a part of their distance.
            double size = 1 + (Math.Abs(one.Center) * (one.Rows is 2 or 3 ? 1 : 0.01));
            AssertClose(expected, found.Y, 2e-5 * size);
            AssertClose(exact[0].mean([0]), found.Mean, 1e-5 * size);
            AssertClose((exact[0] - exact[0].mean([0])).Squared().mean([0]), found.Variance, 1e-4 * size);

            // One row: libtorch's gradient divides 0 by 0 where epsilon is lost.
            AssertClose(one.Rows == 1 ? zeros_like(x) : gradients[0], found.OfX, 1e-4 * size);
            double sum = Math.Sqrt(one.Rows) * 1e-4 * size;
            AssertClose(one.IsScaled ? gradients[1] : null, found.OfGamma, sum);
            AssertClose(one.IsCentered ? gradients[2] : null, found.OfBeta, sum);
            AssertClose(one.Adds ? gradients[3] : null, found.OfAdded, 1e-6);
        },
        iter: 200, threads: 1);

    [Theory]
    [InlineData(32768, 16)]
    [InlineData(100_001, 3)]
    [InlineData(9000, 65)]
    [InlineData(1, 2048)]
    public void Bits_do_not_depend_on_the_threads(int rows, int channels)
    {
        var one = new Case(rows, channels, 1, true, true, true, true, 5);
        byte[][] first = [];
        for (int threads = 1; threads <= 3; threads++)
        {
            set_num_threads(threads);
            using DisposeScope scope = NewDisposeScope();
            (Tensor x, Tensor gamma, Tensor beta, Tensor added) = one.Inputs();
            Found found = one.Compute(x, gamma, beta, added, one.Numbers([rows, channels], 9));
            byte[][] bits = [.. found.All.Select(part => part.bytes.ToArray())];
            first = threads == 1 ? bits : first;
            Assert.Equal(first, bits);
        }
    }

    [Theory]
    [InlineData(1e15f)]
    [InlineData(-3e30f)]
    [InlineData(0.1f)]
    [InlineData(float.Epsilon)]
    public void Equal_numbers_become_exactly_beta(float number)
    {
        using DisposeScope scope = NewDisposeScope();
        var one = new Case(5000, 17, 0, true, true, false, false, 2);
        (_, Tensor gamma, Tensor beta, Tensor added) = one.Inputs();
        Tensor x = full(5000, 17, number);
        Found found = one.Compute(x, gamma, beta, added, one.Numbers([5000, 17], 9));
        Assert.True(found.Y.eq(beta).all().item<bool>());
        Assert.True(found.Mean.eq(x[0]).all().item<bool>());
        Assert.Equal(0, found.Variance.abs().max().item<float>());
        Assert.Equal(0, found.OfGamma!.abs().max().item<float>());
    }

    [Fact]
    public void Huge_numbers_are_normalized_as_small_ones()
    {
        using DisposeScope scope = NewDisposeScope();
        var one = new Case(2000, 5, 0, false, false, false, false, 2);
        Tensor x = one.Numbers([2000, 5], 1);
        Tensor expected = (x - x.mean([0])) / x.var([0], unbiased: false).sqrt();
        Found found = one.Compute(x * Held(1e18f), x, x, x, x);
        AssertClose(expected.to(ScalarType.Float64), found.Y, 1e-4);
    }

    [Fact]
    public void NaN_stays_in_its_channel()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (bool rectifies in (bool[])[false, true])
        {
            var one = new Case(700, 3, 0, true, true, false, rectifies, 4);
            (Tensor x, Tensor gamma, Tensor beta, Tensor added) = one.Inputs();
            x[300, 1] = float.NaN;
            Found found = one.Compute(x, gamma, beta, added, one.Numbers([700, 3], 9));
            foreach (Tensor part in found.All)
            {
                Tensor isNaN = part.reshape(-1, 3).isnan();
                Assert.Equal(ReferenceEquals(part, found.OfBeta) ? 0 : isNaN.shape[0], isNaN.select(1, 1).sum().item<long>());
                Assert.Equal(0, isNaN.select(1, 0).sum().item<long>() + isNaN.select(1, 2).sum().item<long>());
            }
        }
    }

    [Fact]
    public void Slopes_may_be_replaced_by_the_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        var one = new Case(301, 17, 1, true, true, false, true, 5);
        (Tensor x, Tensor gamma, Tensor beta, Tensor added) = one.Inputs();
        Tensor slopes = one.Numbers([301, 17], 9);
        Found apart = one.Compute(x, gamma, beta, added, slopes);
        float* at = Pointer(slopes);
        ChannelNormalization.Backward(
            Pointer(x), Pointer(apart.Y), at, 301, 17, Pointer(gamma), Pointer(apart.Mean), Pointer(apart.Inverse), null, null, at, null);
        Assert.Equal(apart.OfX.bytes.ToArray(), slopes.bytes.ToArray());
    }

    private static float* Pointer(Tensor? tensor) => tensor is null ? null : (float*)TensorMemory.PointerTo(tensor);

    private static void AssertClose(Tensor? expected, Tensor? actual, double tolerance)
    {
        Assert.Equal(expected is null, actual is null);
        if (expected is null)
        {
            return;
        }

        Assert.Equal(expected.shape, actual!.shape);
        Tensor exact = expected.detach().to(ScalarType.Float64);
        Tensor excess = (exact - actual).abs() - (exact.abs().Plus(Held(1.0)) * Held(tolerance));
        Assert.True(excess.max().item<double>() <= 0, $"Too far from libtorch's value by {excess.max().item<double>()}.");
    }

    private sealed record Found(
        Tensor Y, Tensor Mean, Tensor Variance, Tensor Inverse, Tensor OfX, Tensor? OfGamma, Tensor? OfBeta, Tensor? OfAdded)
    {
        public IEnumerable<Tensor> All =>
            ((Tensor?[])[Y, Mean, Variance, Inverse, OfX, OfGamma, OfBeta, OfAdded]).OfType<Tensor>();
    }

    private sealed record Case(
        int Rows, int Channels, double Center, bool IsScaled, bool IsCentered, bool Adds, bool Rectifies, int Seed)
    {
        public (Tensor X, Tensor Gamma, Tensor Beta, Tensor Added) Inputs() =>
            (Numbers([Rows, Channels], 1).Plus(Held(Center)), Numbers([Channels], 2), Numbers([Channels], 3), Numbers([Rows, Channels], 4));

        public Tensor Numbers(long[] shape, int which) => randn(shape, generator: new Generator((ulong)((Seed * 100) + which)));

        public Tensor Ordinary(Tensor[] inputs)
        {
            Tensor center = inputs[0].mean([0]), variance = (inputs[0] - inputs[0].mean([0])).Squared().mean([0]);
            Tensor y = (inputs[0] - center) * variance.Plus(Held(Epsilon)).rsqrt();
            y = IsScaled ? y * inputs[1] : y;
            y = IsCentered ? y.Plus(inputs[2]) : y;
            return Adds ? y.Plus(inputs[3]) : y;
        }

        public Found Compute(Tensor x, Tensor gamma, Tensor beta, Tensor added, Tensor slopes)
        {
            var found = new Found(
                empty(Rows, Channels), empty(Channels), empty(Channels), empty(Channels), empty(Rows, Channels),
                IsScaled ? empty(Channels) : null, IsCentered ? empty(Channels) : null, Adds ? empty(Rows, Channels) : null);
            float* factors = IsScaled ? Pointer(gamma) : null;
            ChannelNormalization.Forward(
                Pointer(x), Rows, Channels, factors, IsCentered ? Pointer(beta) : null, Epsilon, Adds ? Pointer(added) : null, Rectifies,
                Pointer(found.Y), Pointer(found.Mean), Pointer(found.Variance), Pointer(found.Inverse));
            ChannelNormalization.Backward(
                Pointer(x), Rectifies ? Pointer(found.Y) : null, Pointer(slopes), Rows, Channels, factors, Pointer(found.Mean),
                Pointer(found.Inverse), Pointer(found.OfGamma), Pointer(found.OfBeta), Pointer(found.OfX), Pointer(found.OfAdded));
            return found;
        }
    }
}
