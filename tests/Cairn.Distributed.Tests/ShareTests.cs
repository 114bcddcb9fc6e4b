using Cairn.Replication;
using Cairn.Training;

namespace Cairn.Distributed.Tests;

/// <summary>Rows and random numbers are divided without a rest.</summary>
public sealed class ShareTests
{
    [Theory]
    [InlineData(16, 4)]
    [InlineData(17, 4)]
    [InlineData(3, 4)]
    [InlineData(1, 3)]
    public void Every_row_belongs_to_one_process(int rows, int count)
    {
        var owned = new List<long>();
        double weight = 0;
        for (int rank = 0; rank < count; rank++)
        {
            var share = BatchShare.Of(new Alone(rank, count), rows);
            weight += share.Weight;
            Assert.InRange(share.First + share.Count, 1, rows);
            if (!share.IsStandIn)
            {
                owned.AddRange(Enumerable.Range((int)share.First, (int)share.Count).Select(row => (long)row));
            }
        }

        Assert.Equal(Enumerable.Range(0, rows).Select(row => (long)row), owned);
        Assert.Equal(1, weight, 1e-12);
    }

    [Theory]
    [InlineData(10, 0, 10)]
    [InlineData(11, 3, 4)]
    [InlineData(11, 4, 7)]
    [InlineData(7, 6, 1)]
    [InlineData(8, 5, 0)]
    public unsafe void A_part_of_a_mask_has_the_numbers_of_the_whole(int total, int first, int count)
    {
        var whole = new RandomStream(3, RandomPurpose.Mask, 5);
        RandomStream part = whole;
        float[] expected = new float[total];
        float[] actual = new float[count];
        fixed (float* all = expected, some = actual)
        {
            whole.FillMask(all, total, 0.7, 1.5f);
            part.FillMask(some, total, first, count, 0.7, 1.5f);
        }

        Assert.Equal(expected[first..(first + count)], actual);
        Assert.Equal(whole.NextBits(), part.NextBits());
    }

    private sealed class Alone(int rank, int count) : IReplication
    {
        public int Rank => rank;

        public int Count => count;

        public void Sum(Span<float> numbers)
        {
        }

        public void BeginStep(BatchShare share, bool training)
        {
        }

        public void EndStep(BatchShare share)
        {
        }

        public void Failed(Exception exception)
        {
        }

        public IStretchedSums? SumGradients(BatchShare share, IEnumerable<Variable> variables, Func<bool> takesStretches) => null;

        public TorchSharp.torch.Tensor? NewGradient(Variable variable) => null;

        public bool IsWatched(Variable variable) => false;

        public bool TryTake(Variable variable, TorchSharp.torch.Tensor gradient) => false;
    }
}
