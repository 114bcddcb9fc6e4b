using System.Buffers.Binary;
using System.Text;
using Cairn.Saving;

namespace Cairn.Data;

/// <summary>NumPy's <c>.npy</c> file: one array of numbers or booleans.</summary>
internal static class NpyFile
{
    private const int MaximumHeaderBytes = 64 * 1024;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is no such file, a damaged one, or holds other things than plain numbers.</exception>
    public static NpyArray Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Read(stream, path);
    }

    /// <summary>Reads an array from a stream; <paramref name="fileName"/> is for messages.</summary>
    /// <exception cref="ModelFormatException">It is no such file, a damaged one, or holds other things than plain numbers.</exception>
    public static NpyArray Read(Stream stream, string? fileName)
    {
        NpyHeader header = ReadHeader(stream, fileName);
        int bytes = header.ByteCount(fileName);
        RequireContent(stream, header, bytes, fileName);
        return new NpyArray(header.DType, header.Shape, ReadExactly(stream, bytes, fileName));
    }

    /// <summary>Reads what stands before the numbers; the stream then stands at the first of them.</summary>
    /// <exception cref="ModelFormatException">It is no such file, a damaged one, or holds other things than plain numbers.</exception>
    public static NpyHeader ReadHeader(Stream stream, string? fileName)
    {
        byte[] start = ReadExactly(stream, 8, fileName);
        // The first byte of the magic is 0x93, which a UTF-8 literal spells in two bytes.
        if (start[0] != 0x93 || !start.AsSpan(1, 5).SequenceEqual("NUMPY"u8))
        {
            throw new ModelFormatException("this is not a .npy file (no NumPy signature).", fileName);
        }

        if (start[6] is < 1 or > 3)
        {
            throw new ModelFormatException($".npy version {start[6]}; known are 1 to 3.", fileName);
        }

        uint length = start[6] == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(ReadExactly(stream, 2, fileName))
            : BinaryPrimitives.ReadUInt32LittleEndian(ReadExactly(stream, 4, fileName));
        if (length > MaximumHeaderBytes)
        {
            throw new ModelFormatException($"a header of {length} bytes; at most {MaximumHeaderBytes} are expected.", fileName, "header");
        }

        return NpyHeader.Parse(Encoding.UTF8.GetString(ReadExactly(stream, (int)length, fileName)), fileName);
    }

    /// <summary>Refuses a file that is shorter than its header says, where that can be seen.</summary>
    public static void RequireContent(Stream stream, NpyHeader header, long bytes, string? fileName)
    {
        if (stream.CanSeek && stream.Length - stream.Position < bytes)
        {
            throw new ModelFormatException(
                $"the shape [{string.Join(", ", header.Shape)}] needs {bytes} bytes; {stream.Length - stream.Position} follow.", fileName);
        }
    }

    /// <summary>Writes a file, complete or not at all.</summary>
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
            : throw new ModelFormatException($"the file ends after {read} of {count} bytes; cut short.", fileName);
    }
}
