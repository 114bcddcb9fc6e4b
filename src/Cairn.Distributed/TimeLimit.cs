namespace Cairn.Distributed;

/// <summary>
/// Ends the process if a call of MPI takes too long that waits indefinitely for a process that never makes it, and can't be tested.
/// </summary>
internal sealed class TimeLimit : IDisposable
{
    // The longest that a timer can wait, 49 days.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly Timer timer;

    /// <summary>Begins.</summary>
    /// <param name="limit">How long the call may take.</param>
    /// <param name="message">What is written if it takes longer.</param>
    public TimeLimit(TimeSpan limit, string message) => timer = new Timer(
        _ =>
        {
            Console.Error.WriteLine($"Cairn.Distributed.ReplicaException: {message}");
            ProcessEnd.ExitNow(1);
        },
        null,
        limit < Longest ? limit : Longest,
        Timeout.InfiniteTimeSpan);

    public void Dispose() => timer.Dispose();
}
