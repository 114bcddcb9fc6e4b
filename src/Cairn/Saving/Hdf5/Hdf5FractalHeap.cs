using System.Numerics;

namespace Cairn.Saving.Hdf5;

/// <summary>
/// Reads the heap in which <c>libver='latest'</c> files store the links and attributes of larger groups: blocks of doubling size.
/// </summary>
/// <remarks>Source: HDF5 File Format Specification 3.0, III.G.</remarks>
internal sealed class Hdf5FractalHeap
{
    private const int HeaderBytes = 146;
    private const int MaximumDepth = 16;
    private const byte HugeRecords = 1;
    private const int HugeRecordBytes = 24;

    private readonly Hdf5Source source;
    private readonly int idBytes;
    private readonly int offsetBytes;
    private readonly int lengthBytes;
    private readonly int width;
    private readonly long firstBlock;
    private readonly long largestDirect;
    private readonly int directRows;
    private readonly ulong root;
    private readonly int rootRows;
    private readonly ulong hugeTree;
    private readonly long most;
    private Dictionary<ulong, (ulong Address, ulong Length)>? huge;

    /// <summary>Reads the heap's header.</summary>
    /// <param name="source">The file.</param>
    /// <param name="address">The address of the header.</param>
    /// <param name="most">Maximum number of objects.</param>
    public Hdf5FractalHeap(Hdf5Source source, ulong address, long most)
    {
        this.source = source;
        this.most = most;
        byte[] bytes = source.Read(address, HeaderBytes);
        var head = new Hdf5Cursor(bytes, source);
        head.Expect("FRHP"u8, "the heap of a group");
        if (head.Byte() is var version && version != 0)
        {
            throw source.Failure($"unsupported heap version {version}; supported: 0.");
        }

        idBytes = head.UInt16();
        if (head.UInt16() != 0)
        {
            throw source.Failure("compressed group names are not supported; rewrite the file with h5py's default settings.");
        }

        Hdf5Checksum.Verify(source, bytes);
        head.Skip(1);
        long largestManaged = head.UInt32();
        head.Skip(8);
        hugeTree = head.UInt64();
        head.Skip(10 * 8);
        width = head.UInt16();
        ulong first = head.UInt64(), largest = head.UInt64();
        int heapBits = head.UInt16();
        head.Skip(2);
        root = head.UInt64();
        rootRows = head.UInt16();
        if (width == 0 || heapBits is 0 or > 64 || !BitOperations.IsPow2(width) || !BitOperations.IsPow2(first)
            || !BitOperations.IsPow2(largest)
            || largest > int.MaxValue || first > largest || largestManaged == 0)
        {
            throw source.Failure($"invalid heap: {width} blocks per row, of {first} to {largest} bytes, within {heapBits} bits.");
        }

        (firstBlock, largestDirect) = ((long)first, (long)largest);
        directRows = BitOperations.Log2(largest) - BitOperations.Log2(first) + 2;
        offsetBytes = (heapBits + 7) / 8;
        lengthBytes = Math.Min((BitOperations.Log2(largest) + 7) / 8, (BitOperations.Log2((ulong)largestManaged) / 8) + 1);
    }

    /// <summary>The bytes of an object, by its heap identifier.</summary>
    public byte[] Get(ReadOnlySpan<byte> id)
    {
        if (id.Length < idBytes)
        {
            throw source.Failure($"an identifier has {id.Length} bytes; those of the heap have {idBytes}.");
        }

        var cursor = new Hdf5Cursor(id, source);
        byte flags = cursor.Byte();
        if (flags >> 6 != 0)
        {
            throw source.Failure($"unsupported identifier version {flags >> 6}; supported: 0.");
        }

        switch (flags >> 4 & 3)
        {
            case 0:
                ulong offset = cursor.Whole(offsetBytes);
                return Managed(offset, cursor.Whole(lengthBytes));
            case 1:
                return Huge(cursor.Whole(Math.Min(8, idBytes - 1)));
            case 2 when idBytes <= 17:
                return cursor.Take((flags & 15) + 1).ToArray();
            default:
                throw source.Failure("an object of the heap is stored in an unsupported way.");
        }
    }

    private byte[] Managed(ulong offset, ulong length)
    {
        if (offset > long.MaxValue / 4)
        {
            throw source.Failure("an object is outside its heap.");
        }

        (ulong block, long start, long size) = rootRows == 0 ? (root, 0, firstBlock) : Find(root, rootRows, 0, (long)offset, depth: 0);
        long within = (long)offset - start;
        if (within < 0 || length == 0 || length > (ulong)size || within > size - (long)length)
        {
            throw source.Failure("an object is outside its heap block.");
        }

        if (block == Hdf5File.Undefined)
        {
            throw source.Failure("an object is in a heap block that was never written.");
        }

        return source.Read(checked(block + (ulong)within), (long)length);
    }

    // An indirect block lists the blocks of its rows: two rows of the first size, then each row of twice the size of the one before.
    private (ulong Block, long Start, long Size) Find(ulong address, int rows, long start, long offset, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw source.Failure($"the blocks of a heap are nested deeper than {MaximumDepth}.");
        }

        int direct = Math.Min(rows, directRows) * width;
        int indirect = Math.Max(0, rows - directRows) * width;
        int prefix = 13 + offsetBytes;
        byte[] bytes = source.Read(address, prefix + ((direct + (long)indirect) * 8) + 4);
        var cursor = new Hdf5Cursor(bytes, source);
        cursor.Expect("FHIB"u8, "a block of a heap");
        Hdf5Checksum.Verify(source, bytes);
        cursor.Skip(prefix - 4);
        long blockStart = start;
        for (int row = 0; row < rows; row++)
        {
            int doublings = Math.Max(0, row - 1);
            if (doublings > 40)
            {
                throw source.Failure("an object is outside its heap.");
            }

            long size = firstBlock << doublings;
            for (int column = 0; column < width; column++)
            {
                ulong child = cursor.UInt64();
                if (offset < blockStart + size)
                {
                    if (row < directRows)
                    {
                        return (child, blockStart, size);
                    }

                    int childRows = BitOperations.Log2((ulong)size) - BitOperations.Log2((ulong)firstBlock * (ulong)width) + 1;
                    if (child == Hdf5File.Undefined || childRows < 1)
                    {
                        throw source.Failure("an object is in a heap block that was never written.");
                    }

                    return Find(child, childRows, blockStart, offset, depth + 1);
                }

                blockStart += size;
            }
        }

        throw source.Failure("an object is outside its heap.");
    }

    private byte[] Huge(ulong number)
    {
        if (huge is null)
        {
            huge = [];
            foreach (byte[] record in Hdf5Tree2.Read(source, hugeTree, HugeRecords, HugeRecordBytes, most))
            {
                var cursor = new Hdf5Cursor(record, source);
                (ulong address, ulong length) = (cursor.UInt64(), cursor.UInt64());
                huge[cursor.UInt64()] = (address, length);
            }
        }

        return huge.TryGetValue(number, out (ulong Address, ulong Length) place) && place.Length <= (ulong)source.Length
            ? source.Read(place.Address, (long)place.Length)
            : throw source.Failure("a large object of the heap has an invalid address.");
    }
}
