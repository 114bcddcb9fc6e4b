namespace Cairn.Saving.Hdf5;

/// <summary>
/// The element type of an attribute or data set: a numeric type that a weight can have, or one of the two kinds of string.
/// </summary>
internal readonly record struct Hdf5Datatype(int Size, string? Number, bool IsFixedString, bool IsVariableString)
{
    private enum Class
    {
        Integer = 0,
        Float = 1,
        String = 3,
        Enumeration = 8,
        VariableLength = 9,
    }

    public static Hdf5Datatype Read(ReadOnlySpan<byte> message, Hdf5Source source)
    {
        var cursor = new Hdf5Cursor(message, source);
        var type = (Class)(cursor.Byte() & 0x0F);
        int bits = cursor.Byte() | (cursor.Byte() << 8) | (cursor.Byte() << 16);
        uint size = cursor.UInt32();
        if (size is 0 or > int.MaxValue)
        {
            throw source.Failure($"invalid element size of {size} bytes.");
        }

        switch (type)
        {
            case Class.Integer:
                return new((int)size, Integer(ref cursor, bits, size, source), IsFixedString: false, IsVariableString: false);
            case Class.Float:
                return new((int)size, Float(ref cursor, bits, size, source), IsFixedString: false, IsVariableString: false);
            case Class.String:
                return new((int)size, null, IsFixedString: true, IsVariableString: false);
            case Class.Enumeration:
                return new((int)size, Enumeration(ref cursor, bits, size, source), IsFixedString: false, IsVariableString: false);
            case Class.VariableLength when (bits & 0x0F) == 1 && size == 16:
                return new((int)size, null, IsFixedString: false, IsVariableString: true);
            default:
                return new((int)size, null, IsFixedString: false, IsVariableString: false);
        }
    }

    private static string Integer(ref Hdf5Cursor cursor, int bits, uint size, Hdf5Source source)
    {
        RequireLittleEndian((bits & 1) == 0 || size == 1, source);
        ushort offset = cursor.UInt16();
        ushort precision = cursor.UInt16();
        if (offset != 0 || precision != size * 8)
        {
            throw source.Failure($"an integer has {precision} bits in {size} bytes; expected all bits to be used.");
        }

        bool isSigned = (bits & 8) != 0;
        return (size, isSigned) switch
        {
            (1, true) => WeightType.Int8,
            (2, true) => WeightType.Int16,
            (4, true) => WeightType.Int32,
            (8, true) => WeightType.Int64,
            (1, false) => WeightType.UInt8,
            (2, false) => WeightType.UInt16,
            (4, false) => WeightType.UInt32,
            (8, false) => WeightType.UInt64,
            _ => throw source.Failure($"an integer has {size} bytes; expected 1, 2, 4 or 8."),
        };
    }

    private static string Float(ref Hdf5Cursor cursor, int bits, uint size, Hdf5Source source)
    {
        RequireLittleEndian((bits & 0x41) == 0, source);

        // Bits 4 and 5: 2 if the first bit of the mantissa is implied. Bits 8 to 15: the position of the sign.
        int normalization = (bits >> 4) & 3;
        int sign = (bits >> 8) & 0xFF;
        ushort offset = cursor.UInt16();
        ushort precision = cursor.UInt16();
        byte exponentAt = cursor.Byte();
        byte exponentBits = cursor.Byte();
        byte mantissaAt = cursor.Byte();
        byte mantissaBits = cursor.Byte();
        uint bias = cursor.UInt32();
        string? type = (size, exponentBits, mantissaBits, bias) switch
        {
            (2, 5, 10, 15) => WeightType.Float16,
            (4, 8, 23, 127) => WeightType.Float32,
            (8, 11, 52, 1023) => WeightType.Float64,
            _ => null,
        };
        return type is not null && normalization == 2 && sign == (size * 8) - 1 && offset == 0 && precision == size * 8 && mantissaAt == 0
            && exponentAt == mantissaBits
            ? type
            : throw source.Failure(
                $"a floating-point number of {size} bytes with {exponentBits} exponent bits and a bias of {bias}; float16, float32 or "
                    + $"float64 in IEEE 754 format is expected.");
    }

    // h5py stores booleans as a one-byte enumeration of FALSE and TRUE.
    private static string Enumeration(ref Hdf5Cursor cursor, int bits, uint size, Hdf5Source source)
    {
        int members = bits & 0xFFFF;
        if (size == 1 && members == 2)
        {
            return WeightType.Bool;
        }

        Hdf5Datatype underlying = Read(cursor.Take(Math.Min(cursor.Remaining, 12)), source);
        return underlying.Number ?? throw source.Failure("an enumeration is not based on integers.");
    }

    private static void RequireLittleEndian(bool isLittleEndian, Hdf5Source source)
    {
        if (!isLittleEndian)
        {
            throw source.Failure("the numbers are big-endian; convert the file to little-endian with NumPy or h5py.");
        }
    }
}
