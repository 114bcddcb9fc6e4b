namespace Cairn.Saving;

/// <summary>The bytes of one weight, in memory or still in the file.</summary>
internal abstract class WeightContent
{
    /// <summary>Copies <paramref name="target"/>.Length bytes, starting at <paramref name="offset"/>. Thread-safe.</summary>
    /// <exception cref="ModelFormatException">The file is truncated.</exception>
    public abstract void CopyTo(Span<byte> target, long offset);

    /// <summary>All bytes as memory, if they are in memory; otherwise null.</summary>
    public virtual Memory<byte>? InMemory => null;
}
