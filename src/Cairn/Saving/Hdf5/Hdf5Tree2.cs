using System.Numerics;

namespace Cairn.Saving.Hdf5;

/// <summary>Lists the records of an HDF5 version 2 B-tree, with which <c>libver='latest'</c> files index their larger groups.</summary>
/// <remarks>Source: HDF5 File Format Specification 3.0, III.A.2.</remarks>
internal sealed class Hdf5Tree2
{
    private const int HeaderBytes = 38;
    private const int NodeOverhead = 10;
    private const int MaximumDepth = 16;

    private readonly Hdf5Source source;
    private readonly byte kind;
    private readonly int nodeBytes;
    private readonly int recordBytes;
    private readonly int countBytes;
    private readonly int[] totalBytes;
    private readonly long most;
    private readonly List<byte[]> records = [];

    private Hdf5Tree2(Hdf5Source source, byte kind, int nodeBytes, int recordBytes, int depth, long most)
    {
        this.source = source;
        this.kind = kind;
        this.nodeBytes = nodeBytes;
        this.recordBytes = recordBytes;
        this.most = most;

        // How many bytes a record count takes depends on how many records a node can hold, level by level.
        long inLeaf = (nodeBytes - NodeOverhead) / recordBytes;
        countBytes = BytesFor(inLeaf);
        totalBytes = new int[depth + 1];
        var below = (Int128)inLeaf;
        for (int level = 1; level <= depth; level++)
        {
            int pointer = 8 + countBytes + totalBytes[level - 1];
            Int128 inNode = (nodeBytes - NodeOverhead - pointer) / (recordBytes + pointer);
            below = Int128.Min(((inNode + 1) * below) + inNode, long.MaxValue);
            totalBytes[level] = BytesFor((long)below);
        }
    }

    /// <summary>All records of the tree at <paramref name="address"/>, each of the record size of the tree.</summary>
    /// <param name="source">The file.</param>
    /// <param name="address">The address of the tree's header.</param>
    /// <param name="kind">The expected kind of records.</param>
    /// <param name="leastBytes">The minimum size of such a record.</param>
    /// <param name="most">Maximum number of records.</param>
    public static List<byte[]> Read(Hdf5Source source, ulong address, byte kind, int leastBytes, long most)
    {
        byte[] bytes = source.Read(address, HeaderBytes);
        var head = new Hdf5Cursor(bytes, source);
        head.Expect("BTHD"u8, "the index of a group");
        Hdf5Checksum.Verify(source, bytes);
        byte version = head.Byte();
        byte found = head.Byte();
        uint nodeBytes = head.UInt32();
        int recordBytes = head.UInt16();
        int depth = head.UInt16();
        head.Skip(2);
        ulong root = head.UInt64();
        int inRoot = head.UInt16();
        ulong total = head.UInt64();
        if (version != 0 || found != kind)
        {
            throw source.Failure($"an index has kind {found} (version {version}); expected kind {kind} of version 0.");
        }

        if (depth > MaximumDepth || recordBytes < leastBytes || nodeBytes > int.MaxValue || nodeBytes < NodeOverhead + recordBytes)
        {
            throw source.Failure($"invalid index: {depth} levels, records of {recordBytes} bytes in nodes of {nodeBytes}.");
        }

        if (total > (ulong)most || total > (ulong)source.Length / (ulong)recordBytes)
        {
            throw source.Failure($"an index has {total} records in a file of {source.Length} bytes; at most {most} are allowed.");
        }

        if (total == 0 || root == Hdf5File.Undefined)
        {
            return [];
        }

        var tree = new Hdf5Tree2(source, kind, (int)nodeBytes, recordBytes, depth, (long)total);
        tree.ReadNode(root, inRoot, depth);
        return tree.records.Count == (int)total
            ? tree.records
            : throw source.Failure($"the index has {tree.records.Count} records, but declares {total}.");
    }

    private static int BytesFor(long most) => (BitOperations.Log2((ulong)Math.Max(1, most)) / 8) + 1;

    private void ReadNode(ulong address, int count, int depth)
    {
        int pointerBytes = depth == 0 ? 0 : 8 + countBytes + (depth > 1 ? totalBytes[depth - 1] : 0);
        long length = NodeOverhead + ((long)count * recordBytes) + (depth == 0 ? 0 : (count + 1L) * pointerBytes);
        if (length > nodeBytes)
        {
            throw source.Failure($"a node of an index declares {count} records, more than fit in it.");
        }

        byte[] bytes = source.Read(address, length);
        Hdf5Checksum.Verify(source, bytes);
        var cursor = new Hdf5Cursor(bytes, source);
        cursor.Expect(depth == 0 ? "BTLF"u8 : "BTIN"u8, "a node of the index of a group");
        if (cursor.Byte() != 0 || cursor.Byte() != kind)
        {
            throw source.Failure("a node belongs to another index.");
        }

        for (int i = 0; i < count; i++)
        {
            if (records.Count >= most)
            {
                throw source.Failure($"the index has more than the {most} records it declares.");
            }

            records.Add(cursor.Take(recordBytes).ToArray());
        }

        for (int i = 0; depth > 0 && i <= count; i++)
        {
            ulong child = cursor.UInt64();
            int inChild = (int)Math.Min(cursor.Whole(countBytes), int.MaxValue);
            cursor.Skip(depth > 1 ? totalBytes[depth - 1] : 0);
            ReadNode(child, inChild, depth - 1);
        }
    }
}
