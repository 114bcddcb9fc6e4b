using System.Buffers.Binary;
using Cairn.EventFiles;
using Cairn.EventFiles.Messages;
using Cairn.Saving;
using Google.Protobuf;

namespace Cairn.Dashboard.Folders;

/// <summary>
/// Reads the records of an event file one by one. The file may still be growing: an incomplete last record, and what is written after the
/// file was opened, are left for later.
/// </summary>
internal sealed class EventFileReader : IDisposable
{
    private const int HeaderBytes = sizeof(ulong) + sizeof(uint);
    private const int CrcBytes = sizeof(uint);
    private const int MostBytes = 64 << 20;

    // Graphs and images are skipped; a scalar has a few dozen bytes.
    private const int MostOfAnEvent = 1 << 20;

    private readonly string path;
    private readonly FileStream stream;
    private readonly long end;
    private readonly byte[] header = new byte[HeaderBytes];
    private byte[] record = new byte[1024];
    private int length;
    private long start;
    private long next;

    /// <summary>Opens a file.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public EventFileReader(string path)
    {
        this.path = path;
        stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);

        // Once: asking for it before every record takes longer than reading the record.
        end = stream.Length;
    }

    /// <summary>The bytes of the event.</summary>
    public ReadOnlySpan<byte> Record => record.AsSpan(0, length);

    /// <summary>Moves to the next event.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="ModelFormatException">The record is damaged, or the file is not an event file.</exception>
    public bool MoveNext()
    {
        while (end - next >= HeaderBytes)
        {
            start = next;
            stream.ReadExactly(header);
            ulong size = BinaryPrimitives.ReadUInt64LittleEndian(header);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(sizeof(ulong))) != MaskedCrc32C.Of(header.AsSpan(0, sizeof(ulong)))
                || size > MostBytes)
            {
                throw new ModelFormatException("the record is damaged, or this is not an event file.", path, $"byte {start}");
            }

            length = (int)size;
            next += HeaderBytes + length + CrcBytes;
            if (next > end)
            {
                return false;
            }

            if (length <= MostOfAnEvent)
            {
                ReadRecord();
                return true;
            }

            stream.Seek(next, SeekOrigin.Begin);
        }

        return false;
    }

    /// <summary>The event as a message.</summary>
    /// <exception cref="ModelFormatException">The record is not an event.</exception>
    public Event Parse()
    {
        try
        {
            return Event.Parser.ParseFrom(Record);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new ModelFormatException($"the record is not an event ({exception.Message})", path, $"byte {start}", exception);
        }
    }

    public void Dispose() => stream.Dispose();

    private void ReadRecord()
    {
        int size = length + CrcBytes;
        if (record.Length < size)
        {
            record = new byte[Math.Max(size, record.Length * 2)];
        }

        stream.ReadExactly(record, 0, size);
        if (BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(length)) != MaskedCrc32C.Of(Record))
        {
            throw new ModelFormatException("the checksum of the record is wrong.", path, $"byte {start}");
        }
    }
}
