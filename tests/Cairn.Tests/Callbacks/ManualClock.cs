namespace Cairn.Tests.Callbacks;

/// <summary>A clock that advances only when the test moves it.</summary>
internal sealed class ManualClock : TimeProvider
{
    public double Seconds { get; set; } = 100;

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => (long)Math.Round(Seconds * TimestampFrequency);
}
