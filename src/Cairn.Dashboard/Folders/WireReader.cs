using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Cairn.Dashboard.Folders;

/// <summary>Reads the fields of a protocol buffer from its bytes. See https://protobuf.dev/programming-guides/encoding.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int Bytes = 2;
    public const int Fixed32 = 5;
    private const int MostVarintBytes = 10;
    private const int BitsOfAByte = 7;
    private const int BitsOfAType = 3;

    private ReadOnlySpan<byte> rest = bytes;

    public readonly bool IsAtEnd => rest.IsEmpty;

    /// <summary>The number and the type of the next field; 0 and -1 if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (int Field, int Type) ReadKey() => TryReadInteger(out long key) && key is > 0 and <= uint.MaxValue
        ? ((int)(key >> BitsOfAType), (int)(key & ((1 << BitsOfAType) - 1)))
        : (0, -1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadInteger(out long number)
    {
        if (rest.Length > 0 && rest[0] < 0x80)
        {
            number = rest[0];
            rest = rest[1..];
            return true;
        }

        return TryReadLongInteger(out number);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadDouble(out double number)
    {
        bool found = BinaryPrimitives.TryReadDoubleLittleEndian(rest, out number);
        rest = found ? rest[sizeof(double)..] : rest;
        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadFloat(out float number)
    {
        bool found = BinaryPrimitives.TryReadSingleLittleEndian(rest, out number);
        rest = found ? rest[sizeof(float)..] : rest;
        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadBytes(out ReadOnlySpan<byte> field)
    {
        if (!TryReadInteger(out long length) || length < 0 || length > rest.Length)
        {
            field = default;
            return false;
        }

        field = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }

    /// <summary>Skips a field; false if it is malformed, or a group.</summary>
    public bool TrySkip(int type) => type switch
    {
        Varint => TryReadInteger(out _),
        Fixed64 => TryReadDouble(out _),
        Bytes => TryReadBytes(out _),
        Fixed32 => TryReadFloat(out _),
        _ => false,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryReadLongInteger(out long number)
    {
        number = 0;
        for (int i = 0; i < Math.Min(rest.Length, MostVarintBytes); i++)
        {
            number |= (long)(rest[i] & 0x7F) << (i * BitsOfAByte);
            if (rest[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
