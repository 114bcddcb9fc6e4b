using Cairn.Saving;

namespace Cairn.Tests.Saving;

/// <summary>
/// The file system with one call that fails, the one of a given number, counted from 1, or with all from that one on. What is written is buffered as it
/// is in earnest, and every piece that leaves the buffer is a call too. Nothing waits for the disk, so that thousands of saves can be tried.
/// </summary>
internal sealed class FaultyFileSystem(int failing, Func<Exception>? fault = null, bool lasting = false) : FileSystem
{
    // That of the streams that saves open.
    private const int BufferBytes = 64 * 1024;

    private int calls;

    /// <summary>A word in the paths that count; the calls about all others succeed.</summary>
    public string Only { get; init; } = "";

    /// <summary>What the calls so far were to do.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>What the first call that failed was to do.</summary>
    public string? Failed { get; private set; }

    /// <summary>Whether a file has got its name.</summary>
    public bool Renamed { get; private set; }

    public override Stream Writing(FileStream file) => new BufferedStream(new Watched(this, file), BufferBytes);

    protected override void Sync(FileStream file) => file.Flush();

    protected override void SyncFolder(string path)
    {
    }

    protected override void Before(string operation, string path)
    {
        if (!path.Contains(Only, StringComparison.Ordinal))
        {
            return;
        }

        int call = Interlocked.Increment(ref calls);
        lock (Calls)
        {
            Calls.Add(operation);
        }

        if (fault is null || (lasting ? call < failing : call != failing))
        {
            Renamed |= operation == "rename";
            return;
        }

        Failed ??= operation;
        throw fault();
    }

    private sealed class Watched(FaultyFileSystem owner, FileStream file) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => file.Length;

        public override long Position
        {
            get => file.Position;
            set => file.Position = value;
        }

        public override void Flush() => file.Flush();

        public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

        public override void SetLength(long value) => file.SetLength(value);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            owner.Before("write", file.Name);
            file.Write(buffer);
        }
    }
}
