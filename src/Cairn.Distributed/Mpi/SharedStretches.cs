using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cairn.Replication;

namespace Cairn.Distributed.Mpi;

/// <summary>
/// Sums of the gradients of two processes of one host, through memory that they share, made while the optimizer updates the weights. The
/// gradients are read once, and the sums remain in the cache.
/// </summary>
/// <remarks>
/// A stretch is a chunk as in <see cref="SharedSum"/>, with slots in an area of its own: each process writes its numbers, multiplied by its
/// share of the rows, into a slot, announces it, and adds up both slots. It does so for the stretch after the one that is updated, so that
/// the other process seldom has to wait. The remarks there say why a slot is not written while it is read.
/// </remarks>
internal sealed unsafe class SharedStretches : Exchange, IStretchedSums
{
    /// <summary>Size of the area.</summary>
    public const int AreaBytes = Slots * SlotBytes;

    private const int Ahead = 2;
    private const int Slots = 2 * Ahead;
    private const int SlotBytes = MemoryLine.Bytes + (IStretchedSums.Longest * sizeof(float));

    private readonly MpiCollective collective;
    private readonly int rank;
    private readonly byte* ownArea;
    private readonly byte* otherArea;
    private readonly float* sums;

    private GradientPlace[] places = [];
    private float factor;
    private string purpose = "";

    // The next numbers to publish.
    private int place;
    private long offset;

    // Stretches are counted through all steps.
    private long published;
    private long done;

    /// <summary>Prepares sums, of which one is made at a time.</summary>
    /// <param name="collective">Waits for the other process.</param>
    /// <param name="window">The memory.</param>
    /// <param name="offset">Where the area begins in the part of each process.</param>
    public SharedStretches(MpiCollective collective, SharedWindow window, long offset)
    {
        this.collective = collective;
        rank = collective.Rank;
        ownArea = window.Part(rank) + offset;
        otherArea = window.Part(1 - rank) + offset;
        sums = (float*)NativeMemory.AlignedAlloc(IStretchedSums.Longest * sizeof(float), MemoryLine.Bytes);
    }

    public override bool IsInMemory => true;

    public int Length => IStretchedSums.Longest;

    /// <summary>Room for the sums of a stretch.</summary>
    public float* Room => sums;

    /// <summary>How many stretches have been added up.</summary>
    public long Count => done;

    /// <summary>Begins the sums of a step.</summary>
    /// <param name="gradients">The gradients, which stay where they are until their last sum is made.</param>
    /// <param name="share">What they are multiplied by; gradients multiplied by 0 have no effect, even if they are not finite.</param>
    /// <param name="what">What is exchanged, for messages.</param>
    public void Start(GradientPlace[] gradients, float share, string what)
    {
        (places, factor, purpose) = (gradients, share, what);
        (place, offset) = (0, 0);
    }

    public float* Next(int count)
    {
        while (published < done + Ahead && Publish())
        {
        }

        if (!Advance())
        {
            collective.Wait(this, count * sizeof(float), purpose);
        }

        byte* own = Slot(ownArea, done) + MemoryLine.Bytes;
        byte* other = Slot(otherArea, done) + MemoryLine.Bytes;
        NumberKind.Float32.Add(rank == 0 ? own : other, rank == 0 ? other : own, (byte*)sums, count);
        done++;
        return sums;
    }

    /// <summary>Whether the other process has published the next stretch.</summary>
    public override bool Advance()
    {
        byte* slot = Slot(otherArea, done);
        if (Volatile.Read(ref Number(slot)) <= done)
        {
            return false;
        }

        long own = Number(Slot(ownArea, done) + sizeof(long));
        long other = Number(slot + sizeof(long));
        return own == other ? true : throw new ReplicaException(
            $"Rank {rank} adds up a stretch of {own} gradients, and rank {1 - rank} one of {other}: they do not run the same program on "
            + "the same data.", 1 - rank);
    }

    private static ref long Number(byte* line) => ref Unsafe.AsRef<long>(line);

    private static byte* Slot(byte* area, long index) => area + ((index & (Slots - 1)) * SlotBytes);

    // Whether there was something to publish.
    private bool Publish()
    {
        while (place < places.Length && offset == places[place].Length)
        {
            (place, offset) = (place + 1, 0);
        }

        if (place == places.Length)
        {
            return false;
        }

        int count = (int)Math.Min(IStretchedSums.Longest, places[place].Length - offset);
        byte* slot = Slot(ownArea, published);
        var numbers = new Span<float>(slot + MemoryLine.Bytes, count);
        if (factor == 0)
        {
            numbers.Clear();
        }
        else
        {
            GradientExchange.Scale(new ReadOnlySpan<float>(places[place].First + offset, count), factor, numbers);
        }

        Number(slot + sizeof(long)) = count;
        Volatile.Write(ref Number(slot), published + 1);
        published++;
        offset += count;
        return true;
    }
}
