namespace Cairn.Saving.Hdf5;

/// <summary>Reads the header of a group or data set, in both versions of the format, as a list of messages.</summary>
internal static class Hdf5ObjectHeader
{
    private const int MaximumBlocks = 4096;
    private const byte SharedFlag = 2;

    public static List<Hdf5Message> Read(Hdf5Source source, ulong address)
    {
        byte[] start = source.Read(address, 6);
        return start[0] == 1 ? ReadVersion1(source, address) : ReadVersion2(source, address, start);
    }

    private static List<Hdf5Message> ReadVersion1(Hdf5Source source, ulong address)
    {
        var prefix = new Hdf5Cursor(source.Read(address, 16), source);
        prefix.Skip(8);
        uint size = prefix.UInt32();

        var messages = new List<Hdf5Message>();
        var blocks = new Queue<(ulong Address, ulong Size)>([(address + 16, size)]);
        for (int count = 0; blocks.TryDequeue(out (ulong Address, ulong Size) block); count++)
        {
            CheckBlocks(source, count);
            byte[] bytes = source.Read(block.Address, Bounded(source, block.Size));
            var cursor = new Hdf5Cursor(bytes, source);
            while (cursor.Remaining >= 8)
            {
                ushort type = cursor.UInt16();
                ushort length = cursor.UInt16();
                byte flags = cursor.Byte();
                cursor.Skip(3);
                Add(source, messages, blocks, type, flags, bytes.AsMemory(cursor.Position, Fitting(source, length, cursor.Remaining)));
                cursor.Skip(length);
            }
        }

        return messages;
    }

    private static List<Hdf5Message> ReadVersion2(Hdf5Source source, ulong address, ReadOnlySpan<byte> start)
    {
        byte flags = start[5];
        int prefix = 6 + ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
        int sizeBytes = 1 << (flags & 3);
        var head = new Hdf5Cursor(source.Read(address, prefix + sizeBytes), source);
        head.Expect("OHDR"u8, "the header of a group or data set");
        if (head.Byte() is var version && version != 2)
        {
            throw source.Failure($"unsupported object header version {version}; supported: 1 and 2.");
        }

        head.Skip(prefix - 5);
        ulong size = head.Integer(sizeBytes);
        bool withOrder = (flags & 4) != 0;

        var messages = new List<Hdf5Message>();
        var blocks = new Queue<(ulong Address, ulong Size)>();
        int length = Bounded(source, size);
        Hdf5Checksum.Verify(source, source.Read(address, prefix + sizeBytes + length + 4));
        ReadMessages(source, source.Read(address + (ulong)(prefix + sizeBytes), length), withOrder, messages, blocks);

        for (int count = 1; blocks.TryDequeue(out (ulong Address, ulong Size) block); count++)
        {
            CheckBlocks(source, count);
            byte[] bytes = source.Read(block.Address, Bounded(source, block.Size));
            new Hdf5Cursor(bytes, source).Expect("OCHK"u8, "the continuation of a header");
            if (bytes.Length < 8)
            {
                throw source.Failure("the continuation of a header is too short.");
            }

            Hdf5Checksum.Verify(source, bytes);
            ReadMessages(source, bytes.AsMemory(4, bytes.Length - 8), withOrder, messages, blocks);
        }

        return messages;
    }

    private static void ReadMessages(Hdf5Source source, ReadOnlyMemory<byte> bytes, bool withOrder, List<Hdf5Message> messages,
        Queue<(ulong, ulong)> blocks)
    {
        var cursor = new Hdf5Cursor(bytes.Span, source);
        int prefix = withOrder ? 6 : 4;
        while (cursor.Remaining >= prefix)
        {
            byte type = cursor.Byte();
            ushort length = cursor.UInt16();
            byte flags = cursor.Byte();
            if (withOrder)
            {
                cursor.Skip(2);
            }

            Add(source, messages, blocks, type, flags, bytes.Slice(cursor.Position, Fitting(source, length, cursor.Remaining)));
            cursor.Skip(length);
        }
    }

    private static void Add(Hdf5Source source, List<Hdf5Message> messages, Queue<(ulong, ulong)> blocks, ushort type, byte flags,
        ReadOnlyMemory<byte> data)
    {
        var known = (Hdf5MessageType)type;
        if (!Enum.IsDefined(known))
        {
            return;
        }

        if ((flags & SharedFlag) != 0)
        {
            throw source.Failure("the object header uses a shared message, which Keras never writes.");
        }

        if (known != Hdf5MessageType.Continuation)
        {
            messages.Add(new(known, data));
            return;
        }

        var cursor = new Hdf5Cursor(data.Span, source);
        blocks.Enqueue((cursor.UInt64(), cursor.UInt64()));
    }

    private static void CheckBlocks(Hdf5Source source, int count)
    {
        if (count > MaximumBlocks)
        {
            throw source.Failure($"an object header has more than {MaximumBlocks} continuation blocks.");
        }
    }

    private static int Bounded(Hdf5Source source, ulong size) => size <= (ulong)source.Length && size < int.MaxValue - 64
        ? (int)size
        : throw source.Failure($"an object header declares {size} bytes in a file of {source.Length}.");

    private static int Fitting(Hdf5Source source, int length, int room) => length <= room
        ? length
        : throw source.Failure($"a header message declares {length} bytes, but only {room} are left.");
}
