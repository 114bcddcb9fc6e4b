using System.Runtime.InteropServices;

namespace Cairn.Distributed.Mpi;

/// <summary>
/// A sum over a few processes, made of messages between two of them. MPI's own sums either can't be left before all processes have answered
/// (<c>MPI_Allreduce</c>) or are slow (<c>MPI_Iallreduce</c> takes two to three times as long in Open MPI and MPICH).
/// </summary>
/// <remarks>
/// Few numbers are sent by each process to each other, and all add them in the order of the ranks. Many numbers go around a ring: each
/// process adds up one part of them, in segments, and the sums then go around once more. In both ways all processes get the same bits.
/// </remarks>
internal sealed unsafe class PeerSum : Exchange
{
    /// <summary>A ring of more processes would take longer than MPI's trees.</summary>
    public const int MostProcesses = 8;

    // Found by measurement.
    private const int MostDirectBytes = 8 << 10;
    private const int SegmentBytes = 128 << 10;
    private const int Window = 4;
    private const int Line = 64;

    private readonly MpiLibrary library;
    private readonly nint communicator;
    private readonly int rank;
    private readonly int size;
    private readonly int right;
    private readonly int left;
    private readonly byte* scratch;
    private readonly nint* receives;
    private readonly nint* sends;

    private byte* numbers;
    private long length;
    private NumberKind kind;
    private int width;
    private int tag;
    private bool isDirect;

    // All processes take part in `steps` steps of `segments` messages each; the sums are complete after half of the steps.
    private long part;
    private long segment;
    private long segments;
    private long total;
    private long posted;
    private long received;
    private long started;
    private long sent;

    /// <summary>Prepares sums, of which one is made at a time.</summary>
    /// <param name="library">MPI.</param>
    /// <param name="communicator">Where its messages are sent.</param>
    public PeerSum(MpiLibrary library, nint communicator)
    {
        (this.library, this.communicator, rank, size) = (library, communicator, library.Rank, library.Size);
        (right, left) = ((rank + 1) % size, (rank + size - 1) % size);
        scratch = (byte*)NativeMemory.AlignedAlloc(Window * SegmentBytes, Line);
        receives = (nint*)NativeMemory.AllocZeroed(2 * MostProcesses, (nuint)sizeof(nint));
        sends = receives + MostProcesses;
    }

    /// <summary>Begins a sum, in place.</summary>
    /// <param name="first">The numbers, which stay where they are until the end.</param>
    /// <param name="count">How many there are, the same in all processes.</param>
    /// <param name="numberKind">What they are.</param>
    /// <param name="messageTag">A tag that no other sum has that is under way.</param>
    public void Start(byte* first, long count, NumberKind numberKind, int messageTag)
    {
        numbers = first;
        (length, kind, tag) = (count, numberKind, messageTag);
        width = kind.Width();
        isDirect = count * width <= MostDirectBytes;
        if (isDirect)
        {
            StartDirect((int)count * width);
            return;
        }

        part = (count + size - 1) / size;
        segment = Math.Min(part, SegmentBytes / width);
        segments = (part + segment - 1) / segment;
        total = 2 * (size - 1) * segments;
        (posted, received, started, sent) = (0, 0, 0, 0);
    }

    public override bool Advance() => isDirect ? AdvanceDirect() : AdvanceRing();

    private void StartDirect(int bytes)
    {
        // The requests of receiving and sending are in one array.
        byte* request = (byte*)receives;
        for (int other = 0; other < size; other++)
        {
            if (other != rank)
            {
                library.StartReceive(scratch + (other * MostDirectBytes), bytes, other, tag, communicator, (nint*)request);
                request += library.Abi.RequestBytes;
            }
        }

        for (int other = 0; other < size; other++)
        {
            if (other != rank)
            {
                library.StartSend(numbers, bytes, other, tag, communicator, (nint*)request);
                request += library.Abi.RequestBytes;
            }
        }
    }

    private bool AdvanceDirect()
    {
        if (!library.HaveEnded(2 * (size - 1), receives))
        {
            return false;
        }

        if (size == 2)
        {
            kind.Add(scratch + ((1 - rank) * MostDirectBytes), numbers, numbers, (int)length);
            return true;
        }

        long bytes = length * width;
        NativeMemory.Copy(numbers, scratch + (rank * MostDirectBytes), (nuint)bytes);
        for (int other = 1; other < size; other++)
        {
            kind.Add(scratch + (other * MostDirectBytes), scratch, scratch, (int)length);
        }

        NativeMemory.Copy(scratch, numbers, (nuint)bytes);
        return true;
    }

    private bool AdvanceRing()
    {
        long adding = total / 2;
        while (true)
        {
            // A message that replaces numbers must not arrive before these have been sent.
            while (posted < total && posted - received < Window && (posted < adding || sent > posted - adding))
            {
                byte* place = Segment((posted / segments) + 1, posted % segments, out int bytes);
                library.StartReceive(
                    posted < adding ? scratch + (posted % Window * SegmentBytes) : place, bytes, left, tag, communicator,
                    receives + (posted % Window));
                posted++;
            }

            while (started < total && started < segments + received && started - sent < Window)
            {
                byte* place = Segment(started / segments, started % segments, out int bytes);
                library.StartSend(place, bytes, right, tag, communicator, sends + (started % Window));
                started++;
            }

            bool hasMoved = false;
            if (received < posted && library.HasEnded(receives + (received % Window), "MPI_Irecv"))
            {
                if (received < adding)
                {
                    byte* place = Segment((received / segments) + 1, received % segments, out int bytes);
                    kind.Add(scratch + (received % Window * SegmentBytes), place, place, bytes / width);
                }

                received++;
                hasMoved = true;
            }

            if (sent < started && library.HasEnded(sends + (sent % Window), "MPI_Isend"))
            {
                sent++;
                hasMoved = true;
            }

            if (!hasMoved)
            {
                return received == total && sent == total;
            }
        }
    }

    // What this process sends in a step, which is what it receives in the step before.
    private byte* Segment(long step, long index, out int bytes)
    {
        long which = (rank - step + (2 * size)) % size;
        long start = Math.Min(which * part + (index * segment), length);
        long end = Math.Min(Math.Min(start + segment, (which + 1) * part), length);
        bytes = (int)Math.Max(0, end - start) * width;
        return numbers + (start * width);
    }
}
