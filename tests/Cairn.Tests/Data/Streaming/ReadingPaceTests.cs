using Cairn.Data;

namespace Cairn.Tests.Data;

public sealed class ReadingPaceTests
{
    // The pace is checked after every 16 batches.
    [Theory]
    [InlineData(20, 100, false)]
    [InlineData(30, 100, true)]
    [InlineData(5, 0, true)]
    public void Reading_is_slow_if_it_takes_more_than_a_quarter_of_the_time_between_two_batches(int reading, int computing, bool isSlow)
    {
        var clock = new Clock();
        var pace = new ReadingPace(clock);
        var reader = new Reader(clock) { Ticks = reading };

        for (int batch = 0; batch < 16; batch++)
        {
            Assert.False(pace.IsSlow);
            pace.Read(reader, CancellationToken.None);
            clock.Now += computing;
        }

        Assert.Equal(isSlow, pace.IsSlow);
    }

    [Fact]
    public void A_long_first_step_does_not_hide_that_reading_is_slow_later()
    {
        var clock = new Clock();
        var pace = new ReadingPace(clock);
        var reader = new Reader(clock) { Ticks = 50 };
        int batches = 0;

        while (!pace.IsSlow && batches < 100)
        {
            pace.Read(reader, CancellationToken.None);
            clock.Now += batches++ == 0 ? 1_000_000 : 100;
        }

        Assert.Equal(32, batches);
    }

    private sealed class Clock : TimeProvider
    {
        public long Now { get; set; } = 1;

        public override long GetTimestamp() => Now;
    }

    private sealed class Reader(Clock clock) : IBatchReader
    {
        public int Ticks { get; init; }

        public Batch? Read(CancellationToken cancellation)
        {
            clock.Now += Ticks;
            return null;
        }

        public void Dispose()
        {
        }
    }
}
