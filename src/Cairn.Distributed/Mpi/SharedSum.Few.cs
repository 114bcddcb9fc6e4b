using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cairn.Distributed.Mpi;

/// <content>Sums of few numbers of two processes, which take little more time than a cache line from one processor to another.</content>
internal sealed unsafe partial class SharedSum
{
    private const int FirstLooks = 1000;

    /// <summary>Begins a sum, in place, and makes it if the other process does so at the same time.</summary>
    /// <returns>Whether it has ended; if not, <see cref="Advance"/> goes on with it.</returns>
    // Optimized at once: .NET would otherwise compile it several times while it is measured or waited for.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryAdd(byte* firstNumber, long length, NumberKind numberKind)
    {
        Start(firstNumber, length, numberKind);
        if (size != 2 || total != 1 || length * width > MostWholeBytes)
        {
            return false;
        }

        long announced = first + 1;
        long offset = MemoryLine.Bytes + ((first & (Slots - 1)) * SlotBytes);
        byte* own = areas[rank] + offset;
        byte* other = areas[1 - rank] + offset;
        int values = isInline ? HeadBytes : MemoryLine.Bytes;
        Copy(firstNumber, own + values, (int)length * width);
        Number(own + sizeof(long)) = Description;
        Volatile.Write(ref Number(own), announced);
        published = 1;
        for (int look = 0; look < FirstLooks; look++)
        {
            if (Volatile.Read(ref Number(other)) >= announced)
            {
                if (Number(other + sizeof(long)) != Description)
                {
                    return false;
                }

                byte* others = other + values;
                numberKind.Add(rank == 0 ? firstNumber : others, rank == 0 ? others : firstNumber, firstNumber, (int)length);
                done = 1;
                return true;
            }
        }

        return false;
    }

    // A call of the system's function would take as long as the copy of a line.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(byte* from, byte* to, int bytes)
    {
        int at = 0;
        for (; at <= bytes - Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            Vector256.Load(from + at).Store(to + at);
        }

        for (; at <= bytes - sizeof(long); at += sizeof(long))
        {
            *(long*)(to + at) = *(long*)(from + at);
        }

        for (; at < bytes; at++)
        {
            to[at] = from[at];
        }
    }
}
