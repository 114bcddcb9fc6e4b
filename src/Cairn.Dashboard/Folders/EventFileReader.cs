using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Cairn.EventFiles;
using Cairn.EventFiles.Messages;
using Cairn.Saving;
using Google.Protobuf;
using Microsoft.Win32.SafeHandles;

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
    private const int UsualBuffer = 1 << 17;

    // Graphs and images are skipped; a scalar has a few dozen bytes.
    private const int MostOfAnEvent = 1 << 20;

    private readonly string path;
    private readonly SafeFileHandle file;
    private readonly long end;
    private byte[] buffer;
    private long bufferStart;
    private int buffered;
    private int length;
    private long start;
    private long next;

    /// <summary>Opens a file.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public EventFileReader(string path)
    {
        this.path = path;
        file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        end = RandomAccess.GetLength(file);
        buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(end, UsualBuffer));
    }

    /// <summary>The bytes of the event.</summary>
    public ReadOnlySpan<byte> Record
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => buffer.AsSpan((int)(start - bufferStart) + HeaderBytes, length);
    }

    /// <summary>Moves to the next event.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="ModelFormatException">The record is damaged, or the file is not an event file.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool MoveNext()
    {
        while (end - next >= HeaderBytes)
        {
            start = next;
            ReadOnlySpan<byte> header = Bytes(HeaderBytes);
            ulong size = BinaryPrimitives.ReadUInt64LittleEndian(header);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header[sizeof(ulong)..]) != MaskedCrc32C.Of(header[..sizeof(ulong)])
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
                ReadOnlySpan<byte> record = Bytes(HeaderBytes + length + CrcBytes)[HeaderBytes..];
                return BinaryPrimitives.ReadUInt32LittleEndian(record[length..]) == MaskedCrc32C.Of(record[..length])
                    ? true : throw new ModelFormatException("the checksum of the record is wrong.", path, $"byte {start}");
            }
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

    public void Dispose()
    {
        file.Dispose();
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }

    // The bytes from the start of the record on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Bytes(int count)
    {
        long at = start - bufferStart;
        if (at + count > buffered)
        {
            Fill(count);
            at = 0;
        }

        return buffer.AsSpan((int)at, count);
    }

    private void Fill(int count)
    {
        if (buffer.Length < count)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = ArrayPool<byte>.Shared.Rent(count);
        }

        (bufferStart, buffered) = (start, 0);
        int most = (int)Math.Min(buffer.Length, end - start);
        while (buffered < most)
        {
            int read = RandomAccess.Read(file, buffer.AsSpan(buffered, most - buffered), start + buffered);
            buffered += read > 0 ? read : throw new EndOfStreamException($"The file '{path}' was shortened while it was read.");
        }
    }
}
