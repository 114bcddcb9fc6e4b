using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Native;

public class SnapshotCopyTests
{
    // Sizes around its threshold, around its pieces of 4 MB, and with a remainder smaller than a block of 128 bytes.
    public static TheoryData<long> Sizes => [0, 1, 33, 262_143, 262_144, 262_145, 1_048_575, 1_048_576, 1_048_577, 3_000_001];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_copy_has_the_bits_of_the_tensor_and_touches_nothing_around_it(long size)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor source = Bits(size + 64);
        Tensor around = full(size + 64, -1, ScalarType.Int32);

        // From and to unaligned addresses.
        for (int offset = 0; offset < 9; offset++)
        {
            around.fill_(-1);
            SnapshotCopy.Copy(source.narrow(0, 3, size), around.narrow(0, 20 + offset, size));
            Assert.True(around.narrow(0, 20 + offset, size).equal(source.narrow(0, 3, size)).all().item<bool>());
            Assert.Equal(64, around.eq(-1).sum().item<long>());
        }
    }

    [Fact]
    public void Noncontiguous_tensors_are_copied_too()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor source = Bits(1200 * 900).view(1200, 900);
        Tensor target = zeros(900, 1200, ScalarType.Int32);
        SnapshotCopy.Copy(source.t(), target);
        Assert.True(target.equal(source.t()).all().item<bool>());

        target.zero_();
        SnapshotCopy.Copy(source, target.t());
        Assert.True(target.t().equal(source).all().item<bool>());
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Bool)]
    public void Every_type_is_copied(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor source = Bits(2_100_003).remainder(2).to(type);
        Tensor target = empty(2_100_003, type);
        SnapshotCopy.Copy(source, target);
        Assert.True(target.equal(source).all().item<bool>());
        Assert.True(source.any().item<bool>());
    }

    // All different, and none is -1, which marks elements that were not written.
    private static Tensor Bits(long count) => arange(count, ScalarType.Int32).mul(1_000_003).bitwise_and(int.MaxValue);
}
