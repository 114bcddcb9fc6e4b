using System.Buffers.Binary;
using System.Text;
using Cairn.Saving;

namespace Cairn.Data;

/// <summary>NumPy's <c>.npy</c> format: one array of numbers or booleans.</summary>
internal static class NpyFile
{
    private const int MaximumHeaderBytes = 64 * 1024;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file is not a .npy file, is damaged, or contains elements other than numbers.</exception>
    public static NpyArray Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"The file '{path}' does not exist.", path);
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Read(stream, path);
    }

    /// <summary>Reads an array from a stream; <paramref name="fileName"/> is for messages.</summary>
    /// <exception cref="ModelFormatException">The file is not a .npy file, is damaged, or contains elements other than numbers.</exception>
    public static NpyArray Read(Stream stream, string? fileName)
    {
        NpyHeader header = ReadHeader(stream, fileName);
        int bytes = header.ByteCount(fileName);
        RequireContent(stream, header, bytes, fileName);
        return new NpyArray(header.DType, header.Shape, ReadExactly(stream, bytes, fileName));
    }

    /// <summary>Reads the header; the stream is then at the first element.</summary>
    /// <exception cref="ModelFormatException">The file is not a .npy file, is damaged, or contains elements other than numbers.</exception>
    public static NpyHeader ReadHeader(Stream stream, string? fileName)
    {
        byte[] start = ReadExactly(stream, 8, fileName);
        // The first byte of the magic string is 0x93, which a UTF-8 literal would encode as two bytes.
        if (start[0] != 0x93 || !start.AsSpan(1, 5).SequenceEqual("NUMPY"u8))
        {
            throw new ModelFormatException("this is not a .npy file (no NumPy signature).", fileName);
        }

        if (start[6] is < 1 or > 3)
        {
            throw new ModelFormatException($".npy version {start[6]} is not supported; supported are 1 to 3.", fileName);
        }

        uint length = start[6] == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(ReadExactly(stream, 2, fileName))
            : BinaryPrimitives.ReadUInt32LittleEndian(ReadExactly(stream, 4, fileName));
        if (length > MaximumHeaderBytes)
        {
            throw new ModelFormatException($"the header has {length} bytes; the limit is {MaximumHeaderBytes}.", fileName, "header");
        }

        return NpyHeader.Parse(Encoding.UTF8.GetString(ReadExactly(stream, (int)length, fileName)), fileName);
    }

    /// <summary>Rejects a file that is shorter than its header says, if the length of the stream is known.</summary>
    public static void RequireContent(Stream stream, NpyHeader header, long bytes, string? fileName)
    {
        if (stream.CanSeek && stream.Length - stream.Position < bytes)
        {
            throw new ModelFormatException(
                $"the shape [{string.Join(", ", header.Shape)}] needs {bytes} bytes; {stream.Length - stream.Position} follow.", fileName);
        }
    }

    /// <summary>Writes a file atomically.</summary>
    public static void Write(string path, NpyArray array) => AtomicFile.Write(path, stream => Write(stream, array));

    /// <summary>Writes an array to a stream.</summary>
    public static void Write(Stream stream, NpyArray array)
    {
        string text = NpyHeader.Format(array.DType, array.Shape);
        // NumPy aligns the data to 64 bytes and ends the header with a line feed.
        int padding = 63 - (10 + text.Length) % 64;
        byte[] header = Encoding.ASCII.GetBytes(text + new string(' ', padding) + "\n");
        stream.Write([0x93, .. "NUMPY"u8, 1, 0]);
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, checked((ushort)header.Length));
        stream.Write(length);
        stream.Write(header);
        stream.Write(array.Bytes.Span);
    }

    private static byte[] ReadExactly(Stream stream, int count, string? fileName)
    {
        byte[] bytes = new byte[count];
        int read = stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false);
        return read == count
            ? bytes
            : throw new ModelFormatException($"the file is truncated: it ends after {read} of {count} bytes.", fileName);
    }
}
