namespace Cairn.Saving;

/// <summary>A weight whose bytes are in native memory of any length, such as that of a tensor. The owner is kept alive.</summary>
internal sealed unsafe class NativeContent(nint pointer, long length, object owner) : WeightContent
{
    public override Memory<byte>? InMemory => length switch
    {
        0 => Memory<byte>.Empty,
        > int.MaxValue => null,
        _ => new NativeMemory(pointer, (int)length, owner).Memory,
    };

    public override void CopyTo(Span<byte> target, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(target.Length, length - offset);
        new ReadOnlySpan<byte>((byte*)pointer + offset, target.Length).CopyTo(target);
        GC.KeepAlive(owner);
    }
}
