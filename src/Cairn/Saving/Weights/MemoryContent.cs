namespace Cairn.Saving;

/// <summary>A weight whose bytes are in managed memory.</summary>
internal sealed class MemoryContent(Memory<byte> bytes) : WeightContent
{
    public override Memory<byte>? InMemory => bytes;

    public override void CopyTo(Span<byte> target, long offset) => bytes.Span.Slice(checked((int)offset), target.Length).CopyTo(target);
}
