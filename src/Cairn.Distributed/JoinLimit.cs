namespace Cairn.Distributed;

/// <summary>
/// Ends the process if joining the others takes too long: MPI's initialization waits indefinitely for a process that never joins.
/// </summary>
internal sealed class JoinLimit : IDisposable
{
    private readonly Timer timer;

    public JoinLimit(TimeSpan limit, string launcher) => timer = new Timer(
        _ =>
        {
            Console.Error.WriteLine(FormattableString.Invariant(
                $"Cairn.Distributed.ReplicaException: MPI did not start within {limit.TotalSeconds:F0} s: not all processes that {launcher} ")
                + "started have called Replicas.Join, or they can't reach each other over the network.");
            ProcessEnd.ExitNow(1);
        },
        null,
        limit,
        Timeout.InfiniteTimeSpan);

    public void Dispose() => timer.Dispose();
}
