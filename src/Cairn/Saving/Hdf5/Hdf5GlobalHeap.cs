namespace Cairn.Saving.Hdf5;

/// <summary>Reads variable-length strings, which are stored in collections of numbered byte strings.</summary>
internal sealed class Hdf5GlobalHeap(Hdf5Source source)
{
    private readonly Dictionary<ulong, Dictionary<int, (int Start, int Length)>> collections = [];
    private readonly Dictionary<ulong, byte[]> contents = [];

    public ReadOnlySpan<byte> Get(ulong address, uint index)
    {
        if (!collections.TryGetValue(address, out Dictionary<int, (int Start, int Length)>? objects))
        {
            objects = Load(address);
        }

        return index <= ushort.MaxValue && objects.TryGetValue((int)index, out (int Start, int Length) place)
            ? contents[address].AsSpan(place.Start, place.Length)
            : throw source.Failure($"a string refers to item {index}, which its heap does not have.");
    }

    private Dictionary<int, (int Start, int Length)> Load(ulong address)
    {
        var head = new Hdf5Cursor(source.Read(address, 16), source);
        head.Expect("GCOL"u8, "a heap of strings");
        head.Skip(4);
        ulong size = head.UInt64();
        if (size < 16 || size > (ulong)source.Length)
        {
            throw source.Failure($"a heap of strings declares {size} bytes in a file of {source.Length}.");
        }

        byte[] bytes = source.Read(address, (long)size);
        var objects = new Dictionary<int, (int Start, int Length)>();
        var cursor = new Hdf5Cursor(bytes, source);
        cursor.Skip(16);
        while (cursor.Remaining >= 16)
        {
            ushort index = cursor.UInt16();
            cursor.Skip(6);
            ulong length = cursor.UInt64();
            const int FreeSpace = 0;
            if (index == FreeSpace)
            {
                break;
            }

            if (length > (ulong)cursor.Remaining)
            {
                throw source.Failure($"a string declares {length} bytes, but only {cursor.Remaining} are left.");
            }

            objects[index] = (cursor.Position, (int)length);
            cursor.Skip((int)Math.Min((long)cursor.Remaining, (long)(length + 7) / 8 * 8));
        }

        contents[address] = bytes;
        collections[address] = objects;
        return objects;
    }
}
