using System.Buffers.Binary;
using Cairn.EventFiles;
using Cairn.EventFiles.Messages;
using Cairn.Saving;
using Google.Protobuf;

namespace Cairn.Dashboard.Folders;

/// <summary>Reads the records of an event file, which may still be growing: an incomplete last record is left for later.</summary>
internal static class EventFileReader
{
    private const int HeaderBytes = sizeof(ulong) + sizeof(uint);
    private const int CrcBytes = sizeof(uint);
    private const int MostBytes = 64 << 20;

    // Graphs and images are skipped; a scalar has a few dozen bytes.
    private const int MostOfAnEvent = 1 << 20;

    /// <summary>The events of a file in order.</summary>
    /// <exception cref="ModelFormatException">A record is damaged, or the file is not an event file.</exception>
    public static IEnumerable<Event> Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
        byte[] header = new byte[HeaderBytes];
        byte[] record = new byte[1024];
        for (long at = 0; ; at = stream.Position)
        {
            if (stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
            {
                yield break;
            }

            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(header);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(sizeof(ulong))) != MaskedCrc32C.Of(header.AsSpan(0, sizeof(ulong)))
                || length > MostBytes)
            {
                throw new ModelFormatException("the record is damaged, or this is not an event file.", path, $"byte {at}");
            }

            int size = (int)length + CrcBytes;
            if (size > stream.Length - stream.Position)
            {
                yield break;
            }

            if (size > MostOfAnEvent)
            {
                stream.Seek(size, SeekOrigin.Current);
                continue;
            }

            if (record.Length < size)
            {
                record = new byte[Math.Max(size, record.Length * 2)];
            }

            stream.ReadExactly(record, 0, size);
            yield return Parse(record.AsSpan(0, (int)length),
                BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan((int)length)), path, at);
        }
    }

    private static Event Parse(ReadOnlySpan<byte> bytes, uint crc, string path, long at)
    {
        if (MaskedCrc32C.Of(bytes) != crc)
        {
            throw new ModelFormatException("the checksum of the record is wrong.", path, $"byte {at}");
        }

        try
        {
            return Event.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new ModelFormatException($"the record is not an event ({exception.Message})", path, $"byte {at}", exception);
        }
    }
}
