using System.Buffers.Binary;

namespace Cairn.Saving.Hdf5;

/// <summary>Reads consecutive fields from bytes in memory; reading past the end reports a malformed file.</summary>
internal ref struct Hdf5Cursor(ReadOnlySpan<byte> bytes, Hdf5Source source)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private readonly Hdf5Source source = source;

    public int Position { get; private set; }

    public readonly int Remaining => bytes.Length - Position;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>An integer of 1, 2, 4 or 8 bytes.</summary>
    public ulong Integer(int size) => size switch { 1 => Byte(), 2 => UInt16(), 4 => UInt32(), _ => UInt64() };

    /// <summary>An integer of the given number of bytes, at most 8.</summary>
    public ulong Whole(int bytes)
    {
        ulong value = 0UL;
        ReadOnlySpan<byte> taken = Take(bytes);
        for (int i = bytes - 1; i >= 0; i--)
        {
            value = (value << 8) | taken[i];
        }

        return value;
    }

    public void Skip(int count) => Take(count);

    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            throw source.Failure($"a structure is {(uint)count - (uint)Remaining} bytes too short.");
        }

        ReadOnlySpan<byte> taken = bytes.Slice(Position, count);
        Position += count;
        return taken;
    }

    public void Expect(ReadOnlySpan<byte> signature, string what)
    {
        if (!Take(signature.Length).SequenceEqual(signature))
        {
            throw source.Failure($"expected {what} (signature {System.Text.Encoding.ASCII.GetString(signature)}), found something else.");
        }
    }
}
