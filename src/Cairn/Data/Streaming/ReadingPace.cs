namespace Cairn.Data;

/// <summary>
/// Reads batches between steps and measures how long this takes. A prefetch thread takes a core from the step, which waits for all of
/// libtorch's threads: for files in the page cache it costs more than it saves.
/// </summary>
/// <param name="clock">The time provider; the system's by default.</param>
internal sealed class ReadingPace(TimeProvider? clock = null)
{
    // Share of the time between two batches. A slow disk, or little computation, exceeds it.
    private const double LongShare = 0.25;
    private const int Batches = 16;

    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private long reading;
    private long computing;
    private long ended;
    private int count;

    /// <summary>Whether reading the last batches took so long that a prefetch thread pays off.</summary>
    public bool IsSlow { get; private set; }

    /// <summary>Reads the next batch on the current thread.</summary>
    public Batch? Read(IBatchReader reader, CancellationToken cancellation)
    {
        long start = clock.GetTimestamp();
        if (ended != 0)
        {
            computing += start - ended;
        }

        Batch? batch = reader.Read(cancellation);
        ended = clock.GetTimestamp();
        reading += ended - start;
        if (++count == Batches)
        {
            IsSlow = reading > LongShare * computing;
            (reading, computing, count) = (0, 0, 0);
        }

        return batch;
    }
}
