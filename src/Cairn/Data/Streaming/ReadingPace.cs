namespace Cairn.Data;

/// <summary>
/// Reads batches between the steps and looks whether that takes long. A thread that reads ahead takes a processor from the step, which waits
/// for all of libtorch's threads: for files in the system's cache it costs more than it saves.
/// </summary>
/// <param name="clock">What time is taken from; the system's by default.</param>
internal sealed class ReadingPace(TimeProvider? clock = null)
{
    // Of the time between two batches. A slow disk, or little to compute, is above it.
    private const double LongShare = 0.25;
    private const int Batches = 16;

    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private long reading;
    private long computing;
    private long ended;
    private int count;

    /// <summary>Whether the last batches took so long to read that a thread is worth its price.</summary>
    public bool IsSlow { get; private set; }

    /// <summary>Reads the next batch on this thread.</summary>
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
