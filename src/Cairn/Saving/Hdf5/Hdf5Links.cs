using System.Text;

namespace Cairn.Saving.Hdf5;

/// <summary>Lists the entries of a group, in the layouts of old and new files. Links to other files are rejected.</summary>
internal static class Hdf5Links
{
    private const int MaximumLevels = 16;
    private const byte HardLink = 0;
    private const byte SoftLink = 1;
    private const byte NamesOfLinks = 5;
    private const int HashBytes = 4;
    private const int LeastRecordBytes = HashBytes + 2;

    public static Dictionary<string, Hdf5Link> Read(Hdf5File file, List<Hdf5Message> messages)
    {
        var links = new Dictionary<string, Hdf5Link>(StringComparer.Ordinal);
        foreach (Hdf5Message message in messages)
        {
            var cursor = new Hdf5Cursor(message.Data.Span, file.Source);
            switch (message.Type)
            {
                case Hdf5MessageType.SymbolTable:
                    ReadSymbolTable(file, cursor.UInt64(), cursor.UInt64(), links);
                    break;
                case Hdf5MessageType.Link:
                    ReadLink(file, ref cursor, links);
                    break;
                case Hdf5MessageType.LinkInfo:
                    ReadDense(file, ref cursor, links);
                    break;
            }
        }

        return links;
    }

    private static void ReadLink(Hdf5File file, ref Hdf5Cursor cursor, Dictionary<string, Hdf5Link> links)
    {
        byte version = cursor.Byte();
        if (version != 1)
        {
            throw file.Source.Failure($"unsupported link version {version}; supported: 1.");
        }

        byte flags = cursor.Byte();
        byte kind = (flags & 8) != 0 ? cursor.Byte() : HardLink;
        cursor.Skip((flags & 4) != 0 ? 8 : 0);
        cursor.Skip((flags & 16) != 0 ? 1 : 0);
        ulong length = cursor.Integer(1 << (flags & 3));
        if (length > (ulong)cursor.Remaining)
        {
            throw file.Source.Failure($"a name declares {length} bytes, but only {cursor.Remaining} are left.");
        }

        string name = Encoding.UTF8.GetString(cursor.Take((int)length));
        switch (kind)
        {
            case HardLink:
                Add(file, links, name, new(cursor.UInt64(), null));
                break;
            case SoftLink:
                Add(file, links, name, new(0, Encoding.UTF8.GetString(cursor.Take(cursor.UInt16()))));
                break;
            default:
                throw file.Source.Failure($"'{name}' is a link to another file, which is not supported.");
        }
    }

    // 'latest' files store more than eight links in a heap, and their names in a tree.
    private static void ReadDense(Hdf5File file, ref Hdf5Cursor cursor, Dictionary<string, Hdf5Link> links)
    {
        cursor.Skip(1);
        byte flags = cursor.Byte();
        cursor.Skip((flags & 1) != 0 ? 8 : 0);
        ulong heapAddress = cursor.UInt64();
        ulong treeAddress = cursor.UInt64();
        if (heapAddress == Hdf5File.Undefined)
        {
            return;
        }

        var heap = new Hdf5FractalHeap(file.Source, heapAddress, file.Limits.MaximumObjects);
        foreach (byte[] record in Hdf5Tree2.Read(file.Source, treeAddress, NamesOfLinks, LeastRecordBytes, file.Limits.MaximumObjects))
        {
            var link = new Hdf5Cursor(heap.Get(record.AsSpan(HashBytes)), file.Source);
            ReadLink(file, ref link, links);
        }
    }

    private static void ReadSymbolTable(Hdf5File file, ulong treeAddress, ulong heapAddress, Dictionary<string, Hdf5Link> links)
    {
        Hdf5Source source = file.Source;
        var head = new Hdf5Cursor(source.Read(heapAddress, 32), source);
        head.Expect("HEAP"u8, "the names of a group");
        head.Skip(4);
        ulong size = head.UInt64();
        head.Skip(8);
        byte[] names = source.Read(head.UInt64(), size <= (ulong)source.Length ? (long)size : -1);
        ReadTree(file, treeAddress, names, links, expectedLevel: null);
    }

    private static void ReadTree(Hdf5File file, ulong address, byte[] names, Dictionary<string, Hdf5Link> links, int? expectedLevel)
    {
        Hdf5Source source = file.Source;
        var head = new Hdf5Cursor(source.Read(address, 24), source);
        head.Expect("TREE"u8, "the index of a group");
        byte kind = head.Byte();
        byte level = head.Byte();
        ushort entries = head.UInt16();
        if (kind != 0 || level > MaximumLevels || level != (expectedLevel ?? level))
        {
            throw source.Failure("the index of a group is not a tree.");
        }

        var cursor = new Hdf5Cursor(source.Read(address + 24, entries * 16 + 8), source);
        for (int i = 0; i < entries; i++)
        {
            cursor.Skip(8);
            ulong child = cursor.UInt64();
            if (level > 0)
            {
                ReadTree(file, child, names, links, level - 1);
            }
            else
            {
                ReadSymbols(file, child, names, links);
            }
        }
    }

    private static void ReadSymbols(Hdf5File file, ulong address, byte[] names, Dictionary<string, Hdf5Link> links)
    {
        Hdf5Source source = file.Source;
        var head = new Hdf5Cursor(source.Read(address, 8), source);
        head.Expect("SNOD"u8, "the entries of a group");
        head.Skip(2);
        ushort count = head.UInt16();
        var cursor = new Hdf5Cursor(source.Read(address + 8, count * 40), source);
        for (int i = 0; i < count; i++)
        {
            ulong nameOffset = cursor.UInt64();
            ulong header = cursor.UInt64();
            uint kind = cursor.UInt32();
            cursor.Skip(4);
            uint targetOffset = cursor.UInt32();
            cursor.Skip(12);
            const uint CachedSoftLink = 2;
            string name = NameAt(source, names, nameOffset);
            Add(file, links, name, kind == CachedSoftLink ? new(0, NameAt(source, names, targetOffset)) : new(header, null));
        }
    }

    private static string NameAt(Hdf5Source source, byte[] names, ulong offset)
    {
        int end = offset < (ulong)names.Length ? Array.IndexOf(names, (byte)0, (int)offset) : -1;
        return end < 0
            ? throw source.Failure("the name of an entry is outside the names of its group.")
            : Encoding.UTF8.GetString(names, (int)offset, end - (int)offset);
    }

    private static void Add(Hdf5File file, Dictionary<string, Hdf5Link> links, string name, Hdf5Link link)
    {
        file.ChargeObject(name);
        if (!links.TryAdd(name, link))
        {
            throw file.Source.Failure($"'{name}' exists twice in the same group.");
        }
    }
}
