using System.Runtime.InteropServices;
using Cairn.Distributed;

namespace Cairn.DistributedWorker;

/// <summary>Sums of numbers whose result is known, of lengths at which they are made in another way.</summary>
internal static class Sums
{
    // Few numbers are sent whole, many in parts and segments, of which the last ones are shorter or empty.
    private static readonly int[] Lengths = [0, 1, 2, 7, 1023, 1024, 1025, 2048, 2049, 4097, 100_003, 1_000_001];

    /// <summary>Adds up, and throws an exception if a sum is wrong.</summary>
    public static void Check(Replicas replicas)
    {
        foreach (int length in Lengths)
        {
            float[] singles = [.. Enumerable.Range(0, length).Select(i => (float)Number(i, replicas.Rank))];
            double[] doubles = Array.ConvertAll(singles, one => (double)one);
            replicas.AllReduce(singles);
            replicas.AllReduce(doubles);
            Require(replicas, singles, $"float[{length}]");
            Require(replicas, Array.ConvertAll(doubles, one => (float)one), $"double[{length}]");
            RequireSameBits(replicas, length);
        }

        foreach (GradientFormat format in Enum.GetValues<GradientFormat>())
        {
            CheckPending(replicas, format);
        }
    }

    // Several sums are under way, each process drives another one, and other sums are made before they end.
    private static void CheckPending(Replicas replicas, GradientFormat format)
    {
        float[][] numbers = Array.ConvertAll(
            Lengths, length => Enumerable.Range(0, length).Select(i => (float)Number(i, replicas.Rank)).ToArray());
        var pending = new IPendingSum[numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            pending[i] = replicas.Collective.BeginSum(numbers[i], format, "a test");
            pending[(i + replicas.Rank) % (i + 1)].Advance();
            if (i % 4 == replicas.Rank % 4)
            {
                replicas.Barrier();
            }
        }

        for (int i = 0; i < numbers.Length; i++)
        {
            pending[i].Wait();
            Require(replicas, numbers[i], $"{format}[{numbers[i].Length}]");
        }
    }

    private static void RequireSameBits(Replicas replicas, int length)
    {
        var random = new Random(replicas.Rank);
        float[] own = [.. Enumerable.Range(0, length).Select(_ => random.NextSingle())];
        replicas.AllReduce(own);
        float[] first = [.. own];
        replicas.Broadcast<float>(first);
        if (!MemoryMarshal.AsBytes<float>(own).SequenceEqual(MemoryMarshal.AsBytes<float>(first)))
        {
            throw new InvalidOperationException($"Rank {replicas.Rank} has another sum of {length} numbers than the first.");
        }
    }

    // Small integers, whose sums are exact also in 16 bits.
    private static int Number(int index, int rank) => (((index * 7) + (rank * 13)) % 15) - 7;

    private static void Require(Replicas replicas, float[] sums, string what)
    {
        for (int i = 0; i < sums.Length; i++)
        {
            int expected = Enumerable.Range(0, replicas.Size).Sum(rank => Number(i, rank));
            if (sums[i] != expected)
            {
                throw new InvalidOperationException($"Sum {i} of {what} is {sums[i]} instead of {expected}.");
            }
        }
    }
}
