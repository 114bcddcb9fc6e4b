using System.Diagnostics;
using Cairn.Callbacks;
using Cairn.Dashboard.Runs;

namespace Cairn.Dashboard.Live;

/// <summary>Measures the progress and speed of a training.</summary>
internal sealed class Speed
{
    private const double Newest = 0.3;
    private CallbackParams parameters = new();
    private long begun;
    private long measured;
    private long batchesDone;
    private long batchesMeasured;
    private double? batchesPerSecond;
    private int? steps;
    private int batch;
    private long memoryMeasured;
    private long memory;

    /// <summary>Index of the current epoch.</summary>
    public int Epoch { get; private set; }

    /// <summary>Number of completed batches in the epoch.</summary>
    public int Batch
    {
        get => batch;
        set
        {
            batchesDone += value - batch;
            batch = value;
        }
    }

    /// <summary>Called when training begins.</summary>
    public void Start(CallbackParams of)
    {
        parameters = of;
        begun = measured = Stopwatch.GetTimestamp();
        (batchesDone, batchesMeasured, batchesPerSecond, steps, batch) = (0, 0, null, of.Steps, 0);
        Epoch = of.InitialEpoch;
    }

    /// <summary>Called when an epoch begins, or continues in the middle in a resumed run.</summary>
    public void BeginEpoch(int epoch) => (Epoch, batch) = (epoch, 0);

    /// <summary>Called when an epoch ends, which determines the number of batches.</summary>
    public void EndEpoch() => steps ??= batch > 0 ? batch : null;

    /// <summary>The state of the training.</summary>
    public RunProgress Now(Model model)
    {
        long now = Stopwatch.GetTimestamp();
        double seconds = Stopwatch.GetElapsedTime(measured, now).TotalSeconds;
        if (seconds > 0.05 && batchesDone > batchesMeasured)
        {
            double newest = (batchesDone - batchesMeasured) / seconds;
            batchesPerSecond = batchesPerSecond is { } before ? before + (Newest * (newest - before)) : newest;
            (measured, batchesMeasured) = (now, batchesDone);
        }

        double sinceBegin = Stopwatch.GetElapsedTime(begun, now).TotalSeconds;
        long? left = steps is { } all ? Math.Max(0, ((long)(parameters.Epochs - Epoch) * all) - batch) : null;

        // From all of the time so far, which includes validation and callbacks.
        double? overall = batchesDone > 0 && sinceBegin > 0 ? batchesDone / sinceBegin : null;
        return new RunProgress
        {
            Epoch = Epoch,
            Batch = batch,
            Steps = steps,
            Epochs = parameters.Epochs,
            BatchesPerSecond = batchesPerSecond,
            SamplesPerSecond = batchesPerSecond * parameters.BatchSize,
            SecondsLeft = left / overall,
            Seconds = sinceBegin,
            MemoryBytes = Memory(now),
            LearningRate = model.Optimizer?.LearningRate,
        };
    }

    // Once per second, since the operating system takes longer to answer than everything else here.
    private long Memory(long now)
    {
        if (memory == 0 || now - memoryMeasured > Stopwatch.Frequency)
        {
            (memory, memoryMeasured) = (Environment.WorkingSet, now);
        }

        return memory;
    }
}
