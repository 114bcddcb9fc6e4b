namespace Cairn.Saving;

/// <summary>The part of a stream from an offset on, as a stream: for writing a file in place inside another file.</summary>
internal sealed class OffsetStream(Stream inner, long start) : Stream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => true;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => Math.Max(0, inner.Length - start);

    public override long Position
    {
        get => inner.Position - start;
        set => inner.Position = start + value;
    }

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => inner.Read(buffer);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

    public override long Seek(long offset, SeekOrigin origin) =>
        inner.Seek(origin == SeekOrigin.Begin ? start + offset : offset, origin) - start;

    public override void SetLength(long value) => inner.SetLength(start + value);

    public override void Flush() => inner.Flush();
}
