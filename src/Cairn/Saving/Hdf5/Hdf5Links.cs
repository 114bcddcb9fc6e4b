using System.Text;

namespace Cairn.Saving.Hdf5;

/// <summary>Lists what a group contains. Links out of the file and links by name are refused: a model file has no use for them.</summary>
internal static class Hdf5Links
{
    private const int MaximumLevels = 16;
    private const byte HardLink = 0;

    public static Dictionary<string, ulong> Read(Hdf5File file, List<Hdf5Message> messages)
    {
        var links = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (var message in messages)
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
                    RequireCompact(file.Source, ref cursor);
                    break;
            }
        }

        return links;
    }

    private static void ReadLink(Hdf5File file, ref Hdf5Cursor cursor, Dictionary<string, ulong> links)
    {
        var version = cursor.Byte();
        if (version != 1)
            throw file.Source.Failure($"link version {version}; known is 1.");

        var flags = cursor.Byte();
        var kind = (flags & 8) != 0 ? cursor.Byte() : HardLink;
        cursor.Skip((flags & 4) != 0 ? 8 : 0);
        cursor.Skip((flags & 16) != 0 ? 1 : 0);
        var length = cursor.Integer(1 << (flags & 3));
        if (length > (ulong)cursor.Remaining)
            throw file.Source.Failure($"a name claims {length} bytes where {cursor.Remaining} are left.");

        var name = Encoding.UTF8.GetString(cursor.Take((int)length));
        RequireHardLink(file.Source, kind == HardLink, name);
        Add(file, links, name, cursor.UInt64());
    }

    private static void RequireCompact(Hdf5Source source, ref Hdf5Cursor cursor)
    {
        cursor.Skip(1);
        var flags = cursor.Byte();
        cursor.Skip((flags & 1) != 0 ? 8 : 0);
        if (cursor.UInt64() != Hdf5File.Undefined)
            throw source.Failure(
                "the group is in the 'latest' layout of HDF5, which Keras does not write; rewrite the file with h5py's default settings.");
    }

    private static void ReadSymbolTable(Hdf5File file, ulong treeAddress, ulong heapAddress, Dictionary<string, ulong> links)
    {
        var source = file.Source;
        var head = new Hdf5Cursor(source.Read(heapAddress, 32), source);
        head.Expect("HEAP"u8, "the names of a group");
        head.Skip(4);
        var size = head.UInt64();
        head.Skip(8);
        var names = source.Read(head.UInt64(), size <= (ulong)source.Length ? (long)size : -1);
        ReadTree(file, treeAddress, names, links, expectedLevel: null);
    }

    private static void ReadTree(Hdf5File file, ulong address, byte[] names, Dictionary<string, ulong> links, int? expectedLevel)
    {
        var source = file.Source;
        var head = new Hdf5Cursor(source.Read(address, 24), source);
        head.Expect("TREE"u8, "the index of a group");
        var kind = head.Byte();
        var level = head.Byte();
        var entries = head.UInt16();
        if (kind != 0 || level > MaximumLevels || level != (expectedLevel ?? level))
            throw source.Failure("the index of a group is not a tree.");

        var cursor = new Hdf5Cursor(source.Read(address + 24, entries * 16 + 8), source);
        for (var i = 0; i < entries; i++)
        {
            cursor.Skip(8);
            var child = cursor.UInt64();
            if (level > 0)
                ReadTree(file, child, names, links, level - 1);
            else
                ReadSymbols(file, child, names, links);
        }
    }

    private static void ReadSymbols(Hdf5File file, ulong address, byte[] names, Dictionary<string, ulong> links)
    {
        var source = file.Source;
        var head = new Hdf5Cursor(source.Read(address, 8), source);
        head.Expect("SNOD"u8, "the entries of a group");
        head.Skip(2);
        var count = head.UInt16();
        var cursor = new Hdf5Cursor(source.Read(address + 8, count * 40), source);
        for (var i = 0; i < count; i++)
        {
            var nameOffset = cursor.UInt64();
            var header = cursor.UInt64();
            var kind = cursor.UInt32();
            cursor.Skip(20);
            var end = nameOffset < (ulong)names.Length ? Array.IndexOf(names, (byte)0, (int)nameOffset) : -1;
            if (end < 0)
                throw source.Failure("the name of an entry lies outside of the names of its group.");

            const uint SoftLink = 2;
            var name = Encoding.UTF8.GetString(names, (int)nameOffset, end - (int)nameOffset);
            RequireHardLink(source, kind != SoftLink, name);
            Add(file, links, name, header);
        }
    }

    private static void RequireHardLink(Hdf5Source source, bool isHardLink, string name)
    {
        if (!isHardLink)
            throw source.Failure($"'{name}' is a link to another place or another file; a model file holds its own data.");
    }

    private static void Add(Hdf5File file, Dictionary<string, ulong> links, string name, ulong address)
    {
        file.ChargeObject(name);
        if (!links.TryAdd(name, address))
            throw file.Source.Failure($"'{name}' exists twice in the same group.");
    }
}
