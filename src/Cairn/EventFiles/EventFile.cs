using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using Cairn.EventFiles.Messages;
using Cairn.Saving;
using Google.Protobuf;

namespace Cairn.EventFiles;

/// <summary>
/// An event file that grows during training. A record is its length (64 bits), the checksum of the length, the event, and the
/// checksum of the event (32 bits each), all little-endian: TensorFlow's record format.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private const string Version = "brain.Event:2";
    private const int LengthBytes = sizeof(ulong);
    private const int CrcBytes = sizeof(uint);
    private const int BufferBytes = 1 << 16;
    private const int MostPending = 64 << 20;

    private static int named;

    // Not the stream's own buffer: after a failed training, the finalizer would write a leftover buffer at some later time, into a
    // file that another training may have continued.
    private readonly MemoryStream pending = new();
    private readonly TimeProvider clock;
    private FileStream? stream;
    private bool isFailing;

    private EventFile(string path, FileStream? stream, TimeProvider clock) => (Path, this.stream, this.clock) = (path, stream, clock);

    /// <summary>The path of the file, which may not exist yet.</summary>
    public string Path { get; }

    /// <summary>Whether the file exists yet.</summary>
    public bool IsThere => stream is not null;

    /// <summary>Number of bytes so far.</summary>
    public long Length => (stream?.Position ?? 0) + pending.Length;

    /// <summary>Number of bytes passed to the operating system.</summary>
    public long WrittenLength => stream?.Position ?? 0;

    /// <summary>A unique file name in the form that TensorBoard looks for.</summary>
    public static string NewName(TimeProvider clock) => string.Create(
        CultureInfo.InvariantCulture,
        $"events.out.tfevents.{clock.GetUtcNow().ToUnixTimeSeconds():D10}.{Environment.MachineName}.{Environment.ProcessId}.{Interlocked.Increment(ref named)}.v2");

    /// <summary>Starts a file. It is created, replacing an existing one, by the first <see cref="Flush"/>.</summary>
    public static EventFile Create(string path, TimeProvider clock)
    {
        var file = new EventFile(path, null, clock);
        file.Append(new Event { FileVersion = Version });
        return file;
    }

    /// <summary>Continues a file at the given length; anything that a crashed run wrote after it is dropped.</summary>
    /// <returns>The file, or null if it does not exist or is shorter.</returns>
    public static EventFile? Continue(string path, long length, TimeProvider clock)
    {
        if (!File.Exists(path) || new FileInfo(path).Length < length)
        {
            return null;
        }

        FileStream stream = Open(path, FileMode.Open);
        FileSystem.Current.SetLength(stream, length);
        stream.Seek(0, SeekOrigin.End);
        return new EventFile(path, stream, clock);
    }

    /// <summary>Adds a value.</summary>
    public void Write(long step, Summary.Types.Value value) =>
        Append(new Event { Step = step, Summary = new Summary { Value = { value } } });

    /// <summary>Passes all data to the operating system, so that TensorBoard sees it. Missing folders are created.</summary>
    public void Flush()
    {
        if (pending.Length == 0)
        {
            return;
        }

        isFailing = true;
        stream ??= OpenNew();
        FileSystem.Current.Append(stream, pending.GetBuffer().AsSpan(0, (int)pending.Length));
        pending.SetLength(0);
        isFailing = false;
    }

    /// <summary>Drops the data that could not be written, if there is too much of it.</summary>
    /// <returns>The number of bytes lost.</returns>
    public long DropTooMuch()
    {
        long bytes = pending.Length;
        if (bytes <= MostPending)
        {
            return 0;
        }

        pending.SetLength(0);
        return bytes;
    }

    /// <summary>Flushes all data to the disk, so that it also survives a crash of the machine.</summary>
    public void FlushToDisk()
    {
        Flush();
        if (stream is not null)
        {
            FileSystem.Current.Flush(stream);
        }
    }

    /// <summary>Drops the data that is not written yet.</summary>
    public void Abandon() => pending.SetLength(0);

    public void Dispose()
    {
        try
        {
            Flush();
        }
        finally
        {
            stream?.Dispose();
        }
    }

    private FileStream OpenNew()
    {
        string folder = System.IO.Path.GetDirectoryName(Path)!;
        FileSystem.Current.CreateFolder(folder);
        FileStream made = Open(Path, FileMode.Create);
        try
        {
            FileSystem.Current.FlushFolder(folder);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    private static FileStream Open(string path, FileMode mode) => FileSystem.Current.OpenShared(path, mode, FileAccess.Write);

    private void Append(Event happened)
    {
        happened.WallTime = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        int size = happened.CalculateSize();
        byte[] rented = ArrayPool<byte>.Shared.Rent(LengthBytes + CrcBytes + size + CrcBytes);
        try
        {
            Span<byte> record = rented.AsSpan(0, LengthBytes + CrcBytes + size + CrcBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)size);
            BinaryPrimitives.WriteUInt32LittleEndian(record[LengthBytes..], MaskedCrc32C.Of(record[..LengthBytes]));
            Span<byte> data = record.Slice(LengthBytes + CrcBytes, size);
            happened.WriteTo(data);
            BinaryPrimitives.WriteUInt32LittleEndian(record[^CrcBytes..], MaskedCrc32C.Of(data));
            pending.Write(record);
            if (IsThere && pending.Length > BufferBytes && !isFailing)
            {
                Flush();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
