using Cairn.Saving;

namespace Cairn.Tests.Saving;

/// <summary>
/// A file system in which the call with a given number, counted from 1, fails, or all calls from that one on. Writes are buffered as in
/// production, and every flush of the buffer is a call too. Nothing waits for the disk, so that thousands of saves can be tested.
/// </summary>
internal sealed class FaultyFileSystem(int failing, Func<Exception>? fault = null, bool lasting = false) : FileSystem
{
    // The buffer size of the streams that saves open.
    private const int BufferBytes = 64 * 1024;

    private int calls;

    /// <summary>A word in the paths whose calls count; calls for other paths succeed.</summary>
    public string Only { get; init; } = "";

    /// <summary>The calls so far.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The first call that failed.</summary>
    public string? Failed { get; private set; }

    /// <summary>Whether a file has been renamed.</summary>
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
