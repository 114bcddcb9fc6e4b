using System.Diagnostics;
using Cairn.Callbacks;

namespace Cairn.Benchmarks;

/// <summary>Measures the time of epochs, with the hooks of the callbacks before it in the list.</summary>
internal sealed class EpochClock : Callback
{
    private long start;

    /// <summary>The time of all epochs so far.</summary>
    public TimeSpan Total { get; private set; }

    public override void OnEpochBegin(int epoch, Logs logs) => start = Stopwatch.GetTimestamp();

    public override void OnEpochEnd(int epoch, Logs logs) => Total += Stopwatch.GetElapsedTime(start);
}
