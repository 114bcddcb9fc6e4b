using System.Buffers.Binary;
using System.Text;

namespace Cairn.Saving.Hdf5;

/// <summary>Encodes the messages of an object header (HDF5 File Format Specification 3.0, IV.A.2).</summary>
internal static class Hdf5Encoding
{
    /// <summary>The value for an undefined address.</summary>
    public const ulong Undefined = ulong.MaxValue;

    /// <summary>The size of a reference to a string in the heap: its length, the address of the collection, its index there.</summary>
    public const int ReferenceBytes = 16;

    // A variable-length string: null-terminated UTF-8 over bytes, stored as a reference.
    private static readonly byte[] TextType = [0x19, 0x01, 0x01, 0, ReferenceBytes, 0, 0, 0, .. Integer(1, signed: false)];

    /// <summary>Marks a group whose links are not in a heap: they follow as messages.</summary>
    public static byte[] LinkInfo() => [0, 0, .. Number(Undefined), .. Number(Undefined)];

    /// <summary>Marks an object whose attributes are not in a heap: they follow as messages.</summary>
    public static byte[] AttributeInfo() => LinkInfo();

    /// <summary>The settings of a group; all default.</summary>
    public static byte[] GroupInfo() => [0, 0];

    /// <summary>A named object at an address.</summary>
    public static byte[] Link(string name, ulong address)
    {
        byte[] text = Encoding.UTF8.GetBytes(name);
        const byte HasCharacterSet = 0x10, Utf8 = 1;
        return text.Length <= byte.MaxValue
            ? [1, HasCharacterSet, Utf8, (byte)text.Length, .. text, .. Number(address)]
            : [1, HasCharacterSet | 2, Utf8, .. Number((uint)text.Length), .. text, .. Number(address)];
    }

    /// <summary>An attribute of one string or a list of strings, given by references.</summary>
    public static byte[] Attribute(string name, bool isList, byte[] references)
    {
        byte[] text = [.. Encoding.UTF8.GetBytes(name), 0];
        byte[] space = isList ? Dataspace([references.Length / ReferenceBytes]) : Dataspace([]);
        return [3, 0, .. Number((ushort)text.Length), .. Number((ushort)TextType.Length), .. Number((ushort)space.Length), 1, .. text,
            .. TextType, .. space, .. references];
    }

    /// <summary>The sizes of the axes; none for a scalar.</summary>
    public static byte[] Dataspace(long[] shape) =>
        [2, (byte)shape.Length, 0, (byte)(shape.Length == 0 ? 0 : 1), .. shape.SelectMany(size => Number((ulong)size))];

    /// <summary>The encoding of a number; null for a type that Keras files do not use.</summary>
    public static byte[]? NumberType(string dtype) => dtype switch
    {
        WeightType.Float16 => Float(2, exponentBits: 5, mantissaBits: 10, bias: 15),
        WeightType.Float32 => Float(4, exponentBits: 8, mantissaBits: 23, bias: 127),
        WeightType.Float64 => Float(8, exponentBits: 11, mantissaBits: 52, bias: 1023),
        WeightType.Int8 => Integer(1, signed: true),
        WeightType.Int16 => Integer(2, signed: true),
        WeightType.Int32 => Integer(4, signed: true),
        WeightType.Int64 => Integer(8, signed: true),
        WeightType.UInt8 => Integer(1, signed: false),
        WeightType.UInt16 => Integer(2, signed: false),
        WeightType.UInt32 => Integer(4, signed: false),
        WeightType.UInt64 => Integer(8, signed: false),
        // h5py's representation of a boolean: a one-byte enumeration of these two names.
        WeightType.Bool => [0x18, 2, 0, 0, 1, 0, 0, 0, .. Integer(1, signed: true), .. "FALSE\0\0\0"u8, .. "TRUE\0\0\0\0"u8, 0, 1],
        _ => null,
    };

    /// <summary>No explicit fill value: storage is allocated late, and unwritten values are zero.</summary>
    public static byte[] FillValue() => [3, 0x0a];

    /// <summary>Values stored in the header itself.</summary>
    public static byte[] Compact(ReadOnlySpan<byte> numbers) => [3, 0, .. Number((ushort)numbers.Length), .. numbers];

    /// <summary>Values stored contiguously in the file.</summary>
    public static byte[] Contiguous(ulong address, long bytes) => [3, 1, .. Number(address), .. Number((ulong)bytes)];

    public static byte[] Number(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] Number(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] Number(ushort value) => [(byte)value, (byte)(value >> 8)];

    private static byte[] Integer(byte size, bool signed) => [0x10, (byte)(signed ? 8 : 0), 0, 0, size, 0, 0, 0, 0, 0, (byte)(size * 8), 0];

    private static byte[] Float(byte size, byte exponentBits, byte mantissaBits, uint bias) =>
        [0x11, 0x20, (byte)((size * 8) - 1), 0, size, 0, 0, 0, 0, 0, (byte)(size * 8), 0, mantissaBits, exponentBits, 0, mantissaBits,
        .. Number(bias)];
}
