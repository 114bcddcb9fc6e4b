using System.Diagnostics;
using Cairn.Callbacks;

namespace Cairn.Benchmarks;

/// <summary>Measures the time in callbacks: a callback before them reads the clock when a hook begins, one after them when it
/// ends.</summary>
internal sealed class HookClock
{
    private long entered;
    private long spent;

    /// <summary>The callbacks between the two.</summary>
    /// <param name="callbacks">The callbacks to measure.</param>
    public Callback[] Around(IReadOnlyCollection<Callback> callbacks)
    {
        // Batches are timed only if a callback is called for them; otherwise the loop calls nothing.
        bool batches = callbacks.Any(callback => callback.UsesTrainBatchHooks);
        return [At(() => entered = Stopwatch.GetTimestamp(), batches), .. callbacks,
            At(() => spent += Stopwatch.GetTimestamp() - entered, batches)];
    }

    /// <summary>Milliseconds in hooks since the last read.</summary>
    public double Take()
    {
        double milliseconds = spent * 1000.0 / Stopwatch.Frequency;
        spent = 0;
        return milliseconds;
    }

    private static LambdaCallback At(Action look, bool batches) => new(
        onTrainBegin: _ => look(),
        onTrainEnd: _ => look(),
        onEpochBegin: (_, _) => look(),
        onEpochEnd: (_, _) => look(),
        onTrainBatchBegin: batches ? (_, _) => look() : null,
        onTrainBatchEnd: batches ? (_, _) => look() : null);
}
