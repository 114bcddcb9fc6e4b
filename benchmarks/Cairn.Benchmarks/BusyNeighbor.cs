namespace Cairn.Benchmarks;

/// <summary>A thread of this process that keeps one core busy while others are measured.</summary>
internal sealed class BusyNeighbor : IDisposable
{
    private volatile bool ended;

    public BusyNeighbor() => new Thread(() =>
    {
        double number = 1;
        while (!ended)
        {
            number = Math.Sqrt(number + 1);
        }
    })
    { IsBackground = true }.Start();

    public void Dispose() => ended = true;
}
