using System.IO.Compression;

namespace Cairn.Saving.Hdf5;

/// <summary>Reverses the filters of a stored chunk: deflate, byte shuffling, a checksum at the end.</summary>
internal sealed class Hdf5Filters
{
    private const ushort Deflate = 1;
    private const ushort Shuffle = 2;
    private const ushort Fletcher32 = 3;

    private readonly List<ushort> filters = [];

    public static Hdf5Filters Read(ReadOnlySpan<byte> message, Hdf5Source source)
    {
        var result = new Hdf5Filters();
        if (message.IsEmpty)
        {
            return result;
        }

        var cursor = new Hdf5Cursor(message, source);
        byte version = cursor.Byte();
        if (version is not (1 or 2))
        {
            throw source.Failure($"unsupported filter list version {version}; supported: 1 and 2.");
        }

        byte count = cursor.Byte();
        cursor.Skip(version == 1 ? 6 : 0);
        for (int i = 0; i < count; i++)
        {
            result.Add(ReadFilter(ref cursor, version), source);
        }

        return result;
    }

    /// <summary>The unfiltered bytes of a chunk; <paramref name="length"/> is the expected number.</summary>
    public byte[] Undo(byte[] stored, uint skipped, int length, int elementSize, Hdf5Source source)
    {
        byte[] data = stored;
        for (int i = filters.Count - 1; i >= 0; i--)
        {
            if ((skipped >> i & 1) != 0)
            {
                continue;
            }

            data = filters[i] switch
            {
                Deflate => Inflate(data, length, source),
                Shuffle => Unshuffle(data, elementSize),
                // Not verified: deflate has its own checksum, and uncompressed data has none in other files either.
                _ => data.Length >= 4 ? data[..^4] : throw source.Failure("a chunk is too short for its checksum."),
            };
        }

        return data.Length == length ? data : throw source.Failure($"a chunk has {data.Length} bytes; expected {length}.");
    }

    private static ushort ReadFilter(ref Hdf5Cursor cursor, byte version)
    {
        ushort id = cursor.UInt16();
        int nameLength = version == 1 || id >= 256 ? cursor.UInt16() : 0;
        cursor.Skip(2);
        ushort values = cursor.UInt16();
        cursor.Skip(version == 1 ? (nameLength + 7) / 8 * 8 : nameLength);
        cursor.Skip((values + (version == 1 ? values % 2 : 0)) * 4);
        return id;
    }

    private static byte[] Inflate(byte[] data, int length, Hdf5Source source)
    {
        // Room for a Fletcher checksum, and for one extra byte that shows whether there is too much data.
        byte[] result = new byte[length + 5];
        try
        {
            using var inflated = new ZLibStream(new MemoryStream(data), CompressionMode.Decompress);
            int count = inflated.ReadAtLeast(result, result.Length, throwOnEndOfStream: false);
            return result[..count];
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw source.Failure("a compressed chunk is damaged.", exception);
        }
    }

    // In shuffled data, the first bytes of all elements come first, then all second bytes, and so on.
    private static byte[] Unshuffle(byte[] data, int elementSize)
    {
        int count = data.Length / elementSize;
        byte[] result = (byte[])data.Clone();
        for (int b = 0; b < elementSize; b++)
        {
            for (int i = 0; i < count; i++)
            {
                result[i * elementSize + b] = data[b * count + i];
            }
        }

        return result;
    }

    private void Add(ushort filter, Hdf5Source source)
    {
        if (filter is not (Deflate or Shuffle or Fletcher32))
        {
            throw source.Failure($"compression filter {filter} is not supported; gzip, shuffle and fletcher32 are.");
        }

        if (filters.Contains(filter))
        {
            throw source.Failure($"compression filter {filter} is applied twice.");
        }

        filters.Add(filter);
    }
}
