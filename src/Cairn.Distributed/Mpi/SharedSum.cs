using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cairn.Distributed.Mpi;

/// <summary>A sum over processes of one host, through memory that they share; MPI is not called.</summary>
/// <remarks>
/// <para>
/// The numbers are cut into chunks, which are counted through all sums, so that chunk c is the same one in all processes. Each process has
/// <see cref="Slots"/> slots in its part of the memory. It copies its numbers of chunk c into slot c mod <see cref="Slots"/>, and writes
/// into the first line of the slot what it adds up, and then c + 1: the chunk is published. The others wait for this number, add up the
/// slots in the order of the ranks, and so get the same bits. More than two processes divide a chunk of many numbers instead: each adds up
/// one part of it, writes the sums into its slot, where the others do not read its own numbers, announces c + 1 in its line of added
/// chunks, and copies the parts of the others.
/// </para>
/// <para>
/// Why a slot is not written while it is read: a process publishes chunk c + <see cref="Ahead"/> only after it is done with chunk c. So
/// when it is done with a chunk d, which takes all others to have published d, all are done with chunk d - <see cref="Ahead"/>. It writes
/// chunk c + <see cref="Slots"/> into the slot of chunk c after it is done with chunk c + <see cref="Slots"/> - <see cref="Ahead"/>, when
/// all are done with c + <see cref="Slots"/> - 2 · <see cref="Ahead"/> = c. Each line of numbers has one process that writes it, the
/// numbers only grow, and they are written after what they announce (release) and read before it (acquire).
/// </para>
/// </remarks>
internal sealed unsafe partial class SharedSum : Exchange
{
    /// <summary>Size of an area: a line of added chunks, and the slots.</summary>
    public const int AreaBytes = MemoryLine.Bytes + (Slots * SlotBytes);

    private const int Ahead = 2;
    private const int Slots = 2 * Ahead;

    private const int Kinds = 1 + (int)NumberKind.BFloat16;

    // Found by measurement.
    private const int ChunkBytes = 64 << 10;
    private const int MostWholeBytes = 8 << 10;
    private const int SlotBytes = MemoryLine.Bytes + ChunkBytes;

    // The first line of a slot has room for a few numbers behind the number of the chunk and the description of the sum.
    private const int HeadBytes = 2 * sizeof(long);
    private const int InlineBytes = MemoryLine.Bytes - HeadBytes;

    private readonly int rank;
    private readonly int size;
    private readonly byte** areas;

    private byte* numbers;
    private long count;
    private NumberKind kind;
    private int width;
    private bool isInline;
    private bool isDivided;

    // Chunks of this sum, and how many of them are published, added and done.
    private long first;
    private int chunk;
    private int part;
    private long total;
    private long published;
    private long added;
    private long done;

    /// <summary>Prepares sums, of which one is made at a time.</summary>
    /// <param name="window">The memory.</param>
    /// <param name="rank">Index of this process.</param>
    /// <param name="size">Number of processes.</param>
    /// <param name="area">Index of its area of <see cref="AreaBytes"/> in the part of each process.</param>
    public SharedSum(SharedWindow window, int rank, int size, int area)
    {
        (this.rank, this.size) = (rank, size);
        areas = (byte**)NativeMemory.Alloc((nuint)size, (nuint)sizeof(byte*));
        for (int i = 0; i < size; i++)
        {
            areas[i] = window.Part(i) + (area * AreaBytes);
        }
    }

    /// <summary>Begins a sum, in place.</summary>
    /// <param name="firstNumber">The numbers, which stay where they are until the end.</param>
    /// <param name="length">How many there are, the same in all processes.</param>
    /// <param name="numberKind">What they are.</param>
    public void Start(byte* firstNumber, long length, NumberKind numberKind)
    {
        numbers = firstNumber;
        (count, kind) = (length, numberKind);
        width = numberKind.Width();
        first += total;
        (published, added, done) = (0, 0, 0);
        long bytes = length * width;
        isInline = bytes <= InlineBytes;
        isDivided = size > 2 && bytes > MostWholeBytes;
        if (bytes <= MostWholeBytes)
        {
            (chunk, total) = ((int)length, length == 0 ? 0 : 1);
            return;
        }

        chunk = (int)Math.Min(length, ChunkBytes / width);
        total = (length + chunk - 1) / chunk;

        // Parts of whole lines.
        int line = MemoryLine.Bytes / width;
        part = ((chunk + size - 1) / size + line - 1) / line * line;
    }

    public override bool IsInMemory => true;

    public override bool Advance()
    {
        while (true)
        {
            bool hasMoved = false;
            if (published < total && published < done + Ahead)
            {
                Publish(published++);
                hasMoved = true;
            }

            if (!isDivided)
            {
                if (done < published && AllHavePublished(done))
                {
                    AddAll(done++);
                    hasMoved = true;
                }
            }
            else
            {
                if (added < published && AllHavePublished(added))
                {
                    AddPart(added++);
                    hasMoved = true;
                }

                if (done < added && AllHaveAdded(done))
                {
                    CopyParts(done++);
                    hasMoved = true;
                }
            }

            if (!hasMoved)
            {
                return done == total;
            }
        }
    }

    private long Description => (count * Kinds) + (long)kind;

    private static ref long Number(byte* line) => ref Unsafe.AsRef<long>(line);

    private byte* Slot(int of, long index) => areas[of] + MemoryLine.Bytes + ((first + index) & (Slots - 1)) * SlotBytes;

    private byte* Values(int of, long index) => Slot(of, index) + (isInline ? HeadBytes : MemoryLine.Bytes);

    private int Length(long index) => (int)Math.Min(chunk, count - (index * chunk));

    private byte* Own(long index) => numbers + (index * chunk * width);

    private void Publish(long index)
    {
        Unsafe.CopyBlockUnaligned(Values(rank, index), Own(index), (uint)(Length(index) * width));
        byte* slot = Slot(rank, index);
        Number(slot + sizeof(long)) = Description;
        Volatile.Write(ref Number(slot), first + index + 1);
    }

    private bool AllHavePublished(long index)
    {
        for (int other = 0; other < size; other++)
        {
            byte* slot = Slot(other, index);
            if (other != rank && Volatile.Read(ref Number(slot)) <= first + index)
            {
                return false;
            }

            if (Number(slot + sizeof(long)) is var description && description != Description)
            {
                throw Difference(other, description);
            }
        }

        return true;
    }

    private ReplicaException Difference(int other, long description) => new(
        $"Rank {rank} adds up {count} numbers ({kind}), and rank {other} {description / Kinds} ({(NumberKind)(description % Kinds)}): "
        + "they do not run the same program on the same data, or one of them left a step early. Compare them.", other);

    private bool AllHaveAdded(long index)
    {
        for (int other = 0; other < size; other++)
        {
            if (other != rank && Volatile.Read(ref Number(areas[other])) <= first + index)
            {
                return false;
            }
        }

        return true;
    }

    private void AddAll(long index)
    {
        if (size == 2)
        {
            byte* own = Own(index);
            byte* other = Values(1 - rank, index);
            kind.Add(rank == 0 ? own : other, rank == 0 ? other : own, own, Length(index));
            return;
        }

        AddSlots(index, 0, Length(index), Own(index));
    }

    // The own numbers are in the own slot, too.
    private void AddSlots(long index, int from, int length, byte* sums)
    {
        long offset = (long)from * width;
        kind.Add(Values(0, index) + offset, Values(1, index) + offset, sums, length);
        for (int other = 2; other < size; other++)
        {
            kind.Add(sums, Values(other, index) + offset, sums, length);
        }
    }

    private void AddPart(long index)
    {
        int from = Part(index, rank, out int length);
        if (length > 0)
        {
            byte* sums = Own(index) + ((long)from * width);
            AddSlots(index, from, length, sums);
            Unsafe.CopyBlockUnaligned(Values(rank, index) + ((long)from * width), sums, (uint)(length * width));
        }

        Volatile.Write(ref Number(areas[rank]), first + index + 1);
    }

    private void CopyParts(long index)
    {
        for (int other = 0; other < size; other++)
        {
            if (other != rank && Part(index, other, out int length) is var from && length > 0)
            {
                long offset = (long)from * width;
                Unsafe.CopyBlockUnaligned(Own(index) + offset, Values(other, index) + offset, (uint)(length * width));
            }
        }
    }

    private int Part(long index, int of, out int length)
    {
        int all = Length(index);
        int from = Math.Min(of * part, all);
        length = Math.Min(part, all - from);
        return from;
    }
}
