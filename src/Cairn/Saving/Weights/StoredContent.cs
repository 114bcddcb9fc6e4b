namespace Cairn.Saving;

/// <summary>A weight that is still in its file, stored contiguously.</summary>
internal sealed class StoredContent(WeightSource source, long position) : WeightContent
{
    public override void CopyTo(Span<byte> target, long offset) => source.Read(position + offset, target);
}
