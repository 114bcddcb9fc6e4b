using System.Numerics;
using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Cairn.Fuzzing;

/// <summary>
/// The branches that the instrumented library takes. As in AFL, how often a branch is taken counts in powers of two:
/// https://lcamtuf.coredump.cx/afl/technical_details.txt.
/// </summary>
internal sealed unsafe class CoverageMap
{
    private const int Bytes = 1 << 16;
    private readonly byte* counts = (byte*)NativeMemory.AllocZeroed(Bytes);
    private readonly byte[] seen = new byte[Bytes];

    /// <summary>Begins to count here, also in a library that counted before, for example in its module initializer.</summary>
    public CoverageMap() => Trace.SharedMem = counts;

    /// <summary>Number of branches taken so far.</summary>
    public int Branches { get; private set; }

    /// <summary>Forgets the counts of the last run.</summary>
    public void Clear()
    {
        new Span<byte>(counts, Bytes).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Adds the counts of the last run to those seen so far.</summary>
    /// <returns>Whether a branch is new, or was taken a new number of times.</returns>
    public bool AddsSomething()
    {
        bool added = false;
        var run = new ReadOnlySpan<byte>(counts, Bytes);
        for (int at = 0; at < Bytes; at += Vector<byte>.Count)
        {
            if (Vector.EqualsAll(new Vector<byte>(run[at..]), Vector<byte>.Zero))
            {
                continue;
            }

            for (int i = at; i < at + Vector<byte>.Count; i++)
            {
                int bit = run[i] == 0 ? 0 : 1 << BitOperations.Log2(run[i]);
                if ((bit & ~seen[i]) != 0)
                {
                    Branches += seen[i] == 0 ? 1 : 0;
                    seen[i] |= (byte)bit;
                    added = true;
                }
            }
        }

        return added;
    }
}
