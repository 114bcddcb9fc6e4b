namespace Cairn.Distributed;

/// <summary>A sum that ended where it began.</summary>
internal sealed class CompletedSum : IPendingSum
{
    public static readonly CompletedSum Instance = new();

    public void Advance()
    {
    }

    public void Wait()
    {
    }
}
