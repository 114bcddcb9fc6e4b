using System.Runtime.CompilerServices;

namespace Cairn.Training;

/// <summary>
/// Random numbers determined only by a seed, a purpose and an index, so that any part of a run can be repeated without replaying what came
/// before. Generator: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
/// </summary>
/// <remarks>
/// <see cref="Random"/> does not guarantee the same sequence across .NET versions, which a resumed run needs.
/// </remarks>
internal struct RandomStream
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong state;

    public RandomStream(ulong seed, RandomPurpose purpose, ulong index = 0) =>
        state = Mix(Mix(seed ^ Mix((ulong)purpose)) ^ Mix(index + 0x632BE59BD9B4E019));

    /// <summary>Creates a stream with two more indices. If both are 0, it equals the stream of the purpose and index alone.</summary>
    public RandomStream(ulong seed, RandomPurpose purpose, ulong index, ulong turn, ulong batch)
        : this(seed, purpose, index)
    {
        state = turn == 0 ? state : Mix(state ^ Mix(turn + 0xD1342543DE82EF95));
        state = batch == 0 ? state : Mix(state ^ Mix(batch + 0xA24BAED4963EE407));
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(state += Step);

    /// <summary>A uniform number in [0, 1), with 53 random bits.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform integer in [0, bound), without bias (Lemire, 2019).</summary>
    public long NextBelow(long bound)
    {
        ulong range = (ulong)bound;
        ulong high = Math.BigMul(NextBits(), range, out ulong low);
        if (low < range)
        {
            ulong threshold = unchecked(0 - range) % range;
            while (low < threshold)
            {
                high = Math.BigMul(NextBits(), range, out low);
            }
        }

        return (long)high;
    }

    /// <summary>A sample from the standard normal distribution (Box-Muller).</summary>
    public double NextNormal()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>A random permutation of 0 … count - 1.</summary>
    public long[] NextPermutation(long count)
    {
        long[] order = new long[count];
        FillPermutation(order);
        return order;
    }

    /// <summary>A random permutation of 0 … length - 1 (Fisher-Yates).</summary>
    public void FillPermutation(Span<long> order)
    {
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        for (int i = order.Length - 1; i > 0; i--)
        {
            int j = (int)NextBelow(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
    }

    /// <summary>Sets each element to <paramref name="kept"/> with the given probability, and to 0 otherwise.</summary>
    public unsafe void FillMask(float* mask, long count, double probability, float kept)
    {
        // 32 bits per element: twice the speed, with an error of the probability of at most 1e-9. Branch-free, since random branches would
        // be mispredicted: the sign of the difference, extended to all bits, masks the kept value.
        long bound = (long)(probability * (1L << 32));
        int bitsOfKept = BitConverter.SingleToInt32Bits(kept);
        RandomStream stream = this;
        for (long i = 0; i < count; i++)
        {
            ulong bits = stream.NextBits();
            mask[i] = BitConverter.Int32BitsToSingle((int)(((uint)bits - bound) >> 63) & bitsOfKept);
            if (++i < count)
            {
                mask[i] = BitConverter.Int32BitsToSingle((int)(((long)(bits >> 32) - bound) >> 63) & bitsOfKept);
            }
        }

        this = stream;
    }

    /// <summary>
    /// The same for a part of a larger mask: <paramref name="count"/> elements from <paramref name="first"/> of <paramref name="total"/>,
    /// with the numbers they have in the whole. The stream ends where it would after the whole.
    /// </summary>
    public unsafe void FillMask(float* mask, long total, long first, long count, double probability, float kept)
    {
        // The n-th state is the first one plus n times a constant, and each state gives two elements.
        ulong end = unchecked(state + ((ulong)((total + 1) / 2) * Step));
        state = unchecked(state + ((ulong)(first / 2) * Step));
        if (first % 2 == 1 && count > 0)
        {
            float* pair = stackalloc float[2];
            FillMask(pair, 2, probability, kept);
            *mask++ = pair[1];
            count--;
        }

        FillMask(mask, count, probability, kept);
        state = end;
    }

    /// <summary>Moves behind the numbers of a mask.</summary>
    public void SkipMask(long count) => state = unchecked(state + ((ulong)((count + 1) / 2) * Step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
