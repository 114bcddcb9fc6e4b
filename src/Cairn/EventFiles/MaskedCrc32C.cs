using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Cairn.EventFiles;

/// <summary>
/// The checksum of records: CRC-32C (Castagnoli, RFC 3720), rotated and offset, since the CRC of data that contain their own CRC is
/// degenerate (TensorFlow's <c>crc32c.h</c>).
/// </summary>
internal static class MaskedCrc32C
{
    private const uint MaskDelta = 0xA282EAD8;
    private const int MaskRotation = 15;

    // Optimized at once: a page checks millions of records within a second.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return BitOperations.RotateRight(~crc, MaskRotation) + MaskDelta;
    }
}
