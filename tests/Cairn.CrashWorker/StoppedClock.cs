namespace Cairn.CrashWorker;

/// <summary>A clock that always shows the same time, so that records with timestamps can be compared byte for byte.</summary>
internal sealed class StoppedClock : TimeProvider
{
    public static readonly StoppedClock Instance = new();

    private StoppedClock()
    {
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddDays(20_000);

    public override long GetTimestamp() => 0;
}
