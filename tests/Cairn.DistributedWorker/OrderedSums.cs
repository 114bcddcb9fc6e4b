using System.Runtime.InteropServices;
using Cairn.Distributed;
using Cairn.Distributed.Mpi;

namespace Cairn.DistributedWorker;

/// <summary>Sums that are added up in the order of the ranks, bit by bit, as those through shared memory are.</summary>
internal static class OrderedSums
{
    // Around the limits of one line, one chunk, and one part of a chunk of several processes.
    private static readonly int[] Lengths =
        [0, 1, 7, 13, 14, 15, 28, 29, 511, 2047, 2048, 2049, 4096, 8191, 8193, 16_385, 100_003, 262_145, 500_000, 1_000_001];

    private const int InARow = 1000;
    private const int Overlapping = 300;
    private const int UnderWay = 12;

    /// <summary>Adds up, and throws an exception if a sum differs or is made in another way than expected.</summary>
    public static void Check(Replicas replicas, bool inMemory)
    {
        if (((MpiCollective)replicas.Collective).SharesMemory != inMemory)
        {
            throw new InvalidOperationException($"Rank {replicas.Rank} {(inMemory ? "does not add" : "adds")} up in shared memory.");
        }

        foreach (int length in Lengths)
        {
            CheckSingles(replicas, length, length);
            CheckDoubles(replicas, length, length);
        }

        var random = new Random(7);
        for (int i = 0; i < InARow; i++)
        {
            int length = (int)Math.Pow(2, random.NextDouble() * 15);
            if (random.Next(2) == 0)
            {
                CheckSingles(replicas, length, i);
            }
            else
            {
                CheckDoubles(replicas, length, i);
            }
        }

        CheckOverlapping(replicas);
    }

    // Several pending sums at a time, other sums before they end, and processes that are late.
    private static void CheckOverlapping(Replicas replicas)
    {
        var random = new Random(8);
        var late = new Random(replicas.Rank);
        var pending = new Queue<(IPendingSum Sum, float[] Numbers, GradientFormat Format, int Seed)>();
        for (int i = 0; i < Overlapping || pending.Count > 0; i++)
        {
            if (i < Overlapping)
            {
                int length = i % 100 == 99 ? 1_000_001 : (int)Math.Pow(2, random.NextDouble() * 16);
                var format = (GradientFormat)random.Next(3);
                float[] numbers = Numbers(replicas.Rank, length, i);
                pending.Enqueue((replicas.Collective.BeginSum(numbers, format, "a test"), numbers, format, i));
            }

            if (late.Next(20) == 0)
            {
                Thread.Sleep(1);
            }

            if (random.Next(4) == 0)
            {
                CheckSingles(replicas, random.Next(5000), i);
            }

            if (pending.Count > UnderWay || i >= Overlapping)
            {
                (IPendingSum sum, float[] numbers, GradientFormat format, int seed) = pending.Dequeue();
                sum.Wait();
                Require(replicas, numbers, format, seed);
            }
            else if (late.Next(2) == 0)
            {
                pending.Peek().Sum.Advance();
            }
        }
    }

    private static void CheckSingles(Replicas replicas, int length, int seed)
    {
        float[] numbers = Numbers(replicas.Rank, length, seed);
        replicas.AllReduce(numbers);
        Require(replicas, numbers, GradientFormat.Float32, seed);
    }

    private static void CheckDoubles(Replicas replicas, int length, int seed)
    {
        double[] numbers = Array.ConvertAll(Numbers(replicas.Rank, length, seed), one => one * Math.PI);
        replicas.AllReduce(numbers);
        if (!SumsInOrder(replicas))
        {
            return;
        }

        double[] expected = new double[length];
        for (int rank = 0; rank < replicas.Size; rank++)
        {
            float[] own = Numbers(rank, length, seed);
            for (int i = 0; i < length; i++)
            {
                expected[i] = rank == 0 ? own[i] * Math.PI : expected[i] + (own[i] * Math.PI);
            }
        }

        RequireSameBits(MemoryMarshal.AsBytes<double>(numbers), MemoryMarshal.AsBytes<double>(expected), $"double[{length}]");
    }

    private static void Require(Replicas replicas, float[] numbers, GradientFormat format, int seed)
    {
        if (!SumsInOrder(replicas))
        {
            return;
        }

        float[] expected = new float[numbers.Length];
        for (int rank = 0; rank < replicas.Size; rank++)
        {
            float[] own = Numbers(rank, numbers.Length, seed);
            for (int i = 0; i < own.Length; i++)
            {
                float one = Rounded(own[i], format);
                expected[i] = rank == 0 ? one : Rounded(expected[i] + one, format);
            }
        }

        RequireSameBits(MemoryMarshal.AsBytes<float>(numbers), MemoryMarshal.AsBytes<float>(expected), $"{format}[{numbers.Length}]");
    }

    // Messages add up in the order of a ring, from any rank on; two numbers have the same sum in both orders.
    private static bool SumsInOrder(Replicas replicas) => replicas.Size == 2 || ((MpiCollective)replicas.Collective).SharesMemory;

    private static float Rounded(float number, GradientFormat format)
    {
        uint bits = BitConverter.SingleToUInt32Bits(number);
        return format switch
        {
            GradientFormat.Float16 => (float)(Half)number,
            GradientFormat.BFloat16 => BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF_0000),
            _ => number,
        };
    }

    private static float[] Numbers(int rank, int length, int seed)
    {
        var random = new Random((seed * 100) + rank);
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++)
        {
            numbers[i] = (random.NextSingle() - 0.5f) * (1 << random.Next(8));
        }

        return numbers;
    }

    private static void RequireSameBits(ReadOnlySpan<byte> sums, ReadOnlySpan<byte> expected, string what)
    {
        if (!sums.SequenceEqual(expected))
        {
            throw new InvalidOperationException($"The sum of {what} differs, first in byte {sums.CommonPrefixLength(expected)}.");
        }
    }
}
