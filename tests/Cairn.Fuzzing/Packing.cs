using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Cairn.EventFiles;

namespace Cairn.Fuzzing;

/// <summary>Packs changed content so that its checksums are valid, which changes at random would never reach.</summary>
internal static class Packing
{
    private const int LengthBytes = sizeof(ushort);

    /// <summary>A <c>.keras</c> archive of three members: the first two preceded by their lengths of two bytes.</summary>
    public static byte[] Archive(byte[] bytes)
    {
        ReadOnlySpan<byte> rest = bytes;
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (string member in (string[])["metadata.json", "config.json", "model.weights.h5"])
            {
                ReadOnlySpan<byte> content = member.EndsWith(".h5", StringComparison.Ordinal) ? rest : Next(ref rest);
                using Stream stream = zip.CreateEntry(member, CompressionLevel.NoCompression).Open();
                stream.Write(content);
            }
        }

        return file.ToArray();
    }

    /// <summary>An event file of records, each preceded by its length of two bytes.</summary>
    public static byte[] Records(byte[] bytes)
    {
        ReadOnlySpan<byte> rest = bytes;
        using var file = new MemoryStream();
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        Span<byte> crc = stackalloc byte[sizeof(uint)];
        while (rest.Length > LengthBytes)
        {
            ReadOnlySpan<byte> record = Next(ref rest);
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)record.Length);
            file.Write(length);
            BinaryPrimitives.WriteUInt32LittleEndian(crc, MaskedCrc32C.Of(length));
            file.Write(crc);
            file.Write(record);
            BinaryPrimitives.WriteUInt32LittleEndian(crc, MaskedCrc32C.Of(record));
            file.Write(crc);
        }

        return file.ToArray();
    }

    /// <summary>A backup, which ends with the hash of all of it.</summary>
    public static byte[] WithHash(byte[] bytes) => [.. bytes, .. XxHash128.Hash(bytes)];

    /// <summary>Precedes a member or record with its length.</summary>
    public static byte[] WithLength(ReadOnlySpan<byte> content)
    {
        byte[] packed = new byte[LengthBytes + content.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(packed, checked((ushort)content.Length));
        content.CopyTo(packed.AsSpan(LengthBytes));
        return packed;
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < LengthBytes)
        {
            return rest = [];
        }

        int length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(rest), rest.Length - LengthBytes);
        ReadOnlySpan<byte> next = rest.Slice(LengthBytes, length);
        rest = rest[(LengthBytes + length)..];
        return next;
    }
}
