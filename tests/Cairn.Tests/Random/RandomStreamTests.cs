using Cairn.Training;

namespace Cairn.Tests.Training;

public sealed class RandomStreamTests
{
    [Theory]
    [InlineData(0.8)]
    [InlineData(0.5)]
    [InlineData(0.01)]
    public unsafe void A_mask_keeps_its_share(double share)
    {
        float[] mask = new float[1_000_001];
        var stream = new RandomStream(7, RandomPurpose.Mask, 3);

        fixed (float* first = mask)
        {
            stream.FillMask(first, mask.Length, share, 1.25f);
        }

        // Five standard deviations of a binomial distribution.
        double spread = 5 * Math.Sqrt(mask.Length * share * (1 - share));
        Assert.InRange(mask.Count(m => m == 1.25f), (mask.Length * share) - spread, (mask.Length * share) + spread);
        Assert.All(mask.Distinct(), m => Assert.True(m is 0 or 1.25f));
        Assert.InRange(Enumerable.Range(1, mask.Length - 1).Count(i => mask[i] == mask[i - 1] && mask[i] != 0),
            (mask.Length * share * share) - (2 * spread), (mask.Length * share * share) + (2 * spread));
    }

    [Fact]
    public unsafe void Masks_follow_from_the_seed_and_the_step_and_go_on_in_the_sequence()
    {
        static unsafe float[] Draw(ulong seed, ulong step)
        {
            float[] mask = new float[130];
            var stream = new RandomStream(seed, RandomPurpose.Mask, step);
            fixed (float* first = mask)
            {
                stream.FillMask(first, 65, 0.5, 1);
                stream.FillMask(first + 65, 65, 0.5, 1);
            }

            return mask;
        }

        float[] once = Draw(1, 5);

        Assert.Equal(once, Draw(1, 5));
        Assert.NotEqual(once[..65], once[65..]);
        Assert.NotEqual(once, Draw(1, 6));
        Assert.NotEqual(once, Draw(2, 5));
    }
}
