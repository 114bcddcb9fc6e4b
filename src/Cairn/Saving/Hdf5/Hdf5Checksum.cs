using System.Buffers.Binary;
using System.Numerics;

namespace Cairn.Saving.Hdf5;

/// <summary>The checksum at the end of the newer structures: Bob Jenkins' public-domain lookup3, as the format specifies.</summary>
internal static class Hdf5Checksum
{
    /// <summary>Verifies a structure whose last four bytes are the checksum of the preceding ones.</summary>
    public static void Verify(Hdf5Source source, ReadOnlySpan<byte> structure)
    {
        if (Compute(structure[..^4]) != BinaryPrimitives.ReadUInt32LittleEndian(structure[^4..]))
        {
            throw source.Failure("a checksum does not match; the file is damaged.");
        }
    }

    internal static uint Compute(ReadOnlySpan<byte> data)
    {
        uint a = 0xdeadbeefu + (uint)data.Length;
        (uint b, uint c) = (a, a);
        while (data.Length > 12)
        {
            a += Word(data, 0);
            b += Word(data, 4);
            c += Word(data, 8);
            a = (a - c) ^ BitOperations.RotateLeft(c, 4);
            c += b;
            b = (b - a) ^ BitOperations.RotateLeft(a, 6);
            a += c;
            c = (c - b) ^ BitOperations.RotateLeft(b, 8);
            b += a;
            a = (a - c) ^ BitOperations.RotateLeft(c, 16);
            c += b;
            b = (b - a) ^ BitOperations.RotateLeft(a, 19);
            a += c;
            c = (c - b) ^ BitOperations.RotateLeft(b, 4);
            b += a;
            data = data[12..];
        }

        if (data.IsEmpty)
        {
            return c;
        }

        Span<byte> last = stackalloc byte[12];
        last.Clear();
        data.CopyTo(last);
        a += Word(last, 0);
        b += Word(last, 4);
        c += Word(last, 8);
        c = (c ^ b) - BitOperations.RotateLeft(b, 14);
        a = (a ^ c) - BitOperations.RotateLeft(c, 11);
        b = (b ^ a) - BitOperations.RotateLeft(a, 25);
        c = (c ^ b) - BitOperations.RotateLeft(b, 16);
        a = (a ^ c) - BitOperations.RotateLeft(c, 4);
        b = (b ^ a) - BitOperations.RotateLeft(a, 14);
        return (c ^ b) - BitOperations.RotateLeft(b, 24);
    }

    private static uint Word(ReadOnlySpan<byte> data, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(data[offset..]);
}
