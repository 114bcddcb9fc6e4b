namespace Cairn.Saving;

/// <summary>The bytes of one weight, wherever they are: in memory, or still in the file.</summary>
internal abstract class WeightContent
{
    /// <summary>Copies <paramref name="target"/>.Length bytes from <paramref name="offset"/> on. Safe for several threads at once.</summary>
    /// <exception cref="ModelFormatException">The file they are in ends too early.</exception>
    public abstract void CopyTo(Span<byte> target, long offset);

    /// <summary>All bytes where they can be seen as memory; otherwise null.</summary>
    public virtual Memory<byte>? InMemory => null;
}
