using System.Text;

namespace Cairn.Saving.Hdf5;

/// <summary>An attribute of a group or data set. Only strings are supported: Keras stores nothing else.</summary>
internal sealed class Hdf5Attribute
{
    private readonly Hdf5File file;
    private readonly Hdf5Datatype type;
    private readonly ReadOnlyMemory<byte> data;
    private readonly long[] shape;

    private Hdf5Attribute(Hdf5File file, string name, Hdf5Datatype type, long[] shape, ReadOnlyMemory<byte> data)
    {
        this.file = file;
        Name = name;
        this.type = type;
        this.shape = shape;
        this.data = data;
    }

    public string Name { get; }

    public bool IsString => type.IsFixedString || type.IsVariableString;

    public static Hdf5Attribute Read(Hdf5File file, ReadOnlyMemory<byte> message)
    {
        Hdf5Source source = file.Source;
        var cursor = new Hdf5Cursor(message.Span, source);
        byte version = cursor.Byte();
        if (version is < 1 or > 3)
        {
            throw source.Failure($"unsupported attribute version {version}; supported: 1 to 3.");
        }

        byte flags = cursor.Byte();
        if (version > 1 && flags != 0)
        {
            throw source.Failure("the attribute uses a shared datatype, which Keras never writes.");
        }

        ushort nameLength = cursor.UInt16();
        ushort typeLength = cursor.UInt16();
        ushort spaceLength = cursor.UInt16();
        if (version == 3)
        {
            cursor.Skip(1);
        }

        // Version 1 pads each part to a multiple of 8 bytes.
        string name = Encoding.UTF8.GetString(cursor.Take(Padded(nameLength)).TrimEnd((byte)0));
        var type = Hdf5Datatype.Read(cursor.Take(Padded(typeLength)), source);
        long[] shape = Hdf5Dataspace.Read(cursor.Take(Padded(spaceLength)), source, file.Limits);
        return new(file, name, type, shape, message[cursor.Position..]);

        int Padded(int length) => version == 1 ? (length + 7) / 8 * 8 : length;
    }

    /// <summary>The single string of the attribute.</summary>
    public string Text(int maximumBytes)
    {
        IReadOnlyList<string> texts = Texts(maximumBytes);
        return texts.Count == 1
            ? texts[0]
            : throw file.Source.Failure($"attribute '{Name}' holds {texts.Count} strings; expected one.");
    }

    /// <summary>
    /// All strings of the attribute. An empty list of any type reads as an empty list of strings, since Keras writes it as numbers.
    /// </summary>
    public IReadOnlyList<string> Texts(int maximumBytes)
    {
        Hdf5Source source = file.Source;
        long bytes = Hdf5Dataspace.CheckedBytes(shape, type.Size, int.MaxValue, source);
        if (bytes == 0)
        {
            return [];
        }

        if (!IsString)
        {
            throw source.Failure($"attribute '{Name}' holds numbers or records; expected strings.");
        }

        if (bytes > data.Length)
        {
            throw source.Failure($"attribute '{Name}' declares {bytes} bytes, but only {data.Length} are left.");
        }

        var cursor = new Hdf5Cursor(data.Span[..(int)bytes], source);
        var texts = new List<string>();
        while (cursor.Remaining > 0)
        {
            texts.Add(Decode(type.IsFixedString ? cursor.Take(type.Size) : FromHeap(ref cursor), maximumBytes));
        }

        return texts;
    }

    private ReadOnlySpan<byte> FromHeap(ref Hdf5Cursor cursor)
    {
        uint length = cursor.UInt32();
        ulong address = cursor.UInt64();
        uint index = cursor.UInt32();
        if (length == 0)
        {
            return [];
        }

        ReadOnlySpan<byte> stored = file.Heap.Get(address, index);
        return stored[..(int)Math.Min(length, (uint)stored.Length)];
    }

    private string Decode(ReadOnlySpan<byte> bytes, int maximumBytes)
    {
        // Fixed-length strings are padded with zeros, and C programs count the terminating zero of the others.
        int end = bytes.IndexOf((byte)0);
        if (end >= 0)
        {
            bytes = bytes[..end];
        }

        if (bytes.Length > maximumBytes)
        {
            throw file.Source.Failure($"a string of attribute '{Name}' has {bytes.Length} bytes; at most {maximumBytes} are allowed.");
        }

        file.ChargeText(bytes.Length);
        return Encoding.UTF8.GetString(bytes);
    }
}
