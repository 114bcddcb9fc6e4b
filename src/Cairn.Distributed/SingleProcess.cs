namespace Cairn.Distributed;

/// <summary>A program that was started without a launcher: one process of one, which needs no library.</summary>
internal sealed class SingleProcess : ICollective
{
    public string Engine => "one process";

    public int Rank => 0;

    public int Size => 1;

    public TimeSpan Deadline { get; set; }

    public void Sum(Span<float> numbers, string purpose)
    {
    }

    public void Sum(Span<double> numbers, string purpose)
    {
    }

    public void Broadcast(Span<byte> bytes, string purpose, int from = 0)
    {
    }

    public void Fail(string message)
    {
    }

    public void Abort(int exitCode) => Environment.Exit(exitCode);

    public void Dispose()
    {
    }
}
