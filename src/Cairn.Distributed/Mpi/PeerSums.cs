namespace Cairn.Distributed.Mpi;

/// <summary>Sums that were begun one after the other, in the same order in all processes; the first two of them are under way.</summary>
/// <remarks>Through shared memory only the first one is.</remarks>
internal sealed unsafe class PeerSums(MpiLibrary library, SharedSum? shared)
{
    private const int UnderWay = 2;

    // MPI allows at least these.
    private const int MostTags = 1 << 14;

    private readonly SharedSum? shared = shared;
    private readonly List<Entry> entries = [];
    private readonly Stack<PeerSum> free = new();
    private int begun;
    private Entry? sharing;

    /// <summary>Begins a sum, in place.</summary>
    public Exchange Begin(byte* numbers, long length, NumberKind kind)
    {
        var entry = new Entry(this, numbers, length, kind, begun);
        begun = (begun + 1) % MostTags;
        entries.Add(entry);
        Advance();
        return entry;
    }

    /// <summary>Drives those that are under way.</summary>
    public void Advance()
    {
        for (int i = 0; i < entries.Count && i < UnderWay;)
        {
            if (entries[i].Drive())
            {
                entries.RemoveAt(i);
            }
            else
            {
                i++;
            }
        }
    }

    private sealed class Entry(PeerSums all, byte* numbers, long length, NumberKind kind, int tag) : Exchange
    {
        private PeerSum? sum;
        private bool ended;

        public override bool IsInMemory => all.shared is not null;

        public override bool Advance()
        {
            if (!ended)
            {
                all.Advance();
            }

            return ended;
        }

        public bool Drive() => ended = all.shared is null ? DriveMessages() : DriveShared(all.shared);

        private bool DriveShared(SharedSum memory)
        {
            if (all.sharing is null)
            {
                all.sharing = this;
                memory.Start(numbers, length, kind);
            }

            if (all.sharing != this || !memory.Advance())
            {
                return false;
            }

            all.sharing = null;
            return true;
        }

        private bool DriveMessages()
        {
            if (sum is null)
            {
                sum = all.free.TryPop(out PeerSum? known) ? known : all.Create();
                sum.Start(numbers, length, kind, tag);
            }

            if (!sum.Advance())
            {
                return false;
            }

            all.free.Push(sum);
            return true;
        }
    }

    private PeerSum Create() => new(library, library.Gradients);
}
