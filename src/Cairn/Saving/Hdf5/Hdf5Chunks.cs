namespace Cairn.Saving.Hdf5;

/// <summary>Assembles an array that is stored in chunks of equal shape, indexed by a tree.</summary>
internal sealed class Hdf5Chunks
{
    private const int MaximumLevels = 16;

    private readonly Hdf5Source source;
    private readonly Hdf5Filters filters;
    private readonly long[] shape;
    private readonly long[] chunk;
    private readonly int elementSize;
    private readonly int chunkBytes;
    private readonly byte[] target;
    private readonly HashSet<long> seen = [];

    private Hdf5Chunks(Hdf5Source source, Hdf5Filters filters, long[] shape, long[] chunk, int elementSize, int chunkBytes, byte[] target)
    {
        this.source = source;
        this.filters = filters;
        this.shape = shape;
        this.chunk = chunk;
        this.elementSize = elementSize;
        this.chunkBytes = chunkBytes;
        this.target = target;
    }

    public static byte[] Read(Hdf5File file, ref Hdf5Cursor layout, Hdf5Filters filters, long[] shape, int elementSize, long length)
    {
        Hdf5Source source = file.Source;
        int rank = layout.Byte() - 1;
        ulong tree = layout.UInt64();
        if (rank != shape.Length || rank == 0)
        {
            throw source.Failure($"the chunks have {rank} dimensions, the data set {shape.Length}.");
        }

        long[] chunk = new long[rank];
        var pieces = (Int128)1;
        for (int i = 0; i < rank; i++)
        {
            chunk[i] = layout.UInt32();
            if (chunk[i] == 0)
            {
                throw source.Failure("a chunk has a dimension of 0.");
            }

            pieces *= (shape[i] + chunk[i] - 1) / chunk[i];
        }

        if (length == 0)
        {
            return [];
        }

        if (length > Array.MaxLength)
        {
            throw source.Failure($"a chunked data set has {length} bytes; at most {Array.MaxLength} are supported.");
        }

        if (tree == Hdf5File.Undefined)
        {
            throw source.Failure("the data set was created and never written.");
        }
        // The tree has at least a key and an address for each chunk.
        if (pieces > source.Length / 16)
        {
            throw source.Failure($"{pieces} chunks can't fit in a file of {source.Length} bytes.");
        }

        long maximum = Math.Min(Math.Min(file.Limits.MaximumWeightBytes, Array.MaxLength) - 8, file.MostBytes);
        int chunkBytes = (int)Hdf5Dataspace.CheckedBytes(chunk, elementSize, maximum, source);

        // A chunk may be far larger than the part of it inside the array.
        file.ChargeWeight((long)Int128.Min(pieces * chunkBytes - length, long.MaxValue / 2));
        var reader = new Hdf5Chunks(source, filters, shape, chunk, elementSize, chunkBytes, new byte[length]);
        reader.ReadTree(tree, expectedLevel: null);
        return reader.seen.Count == pieces
            ? reader.target
            : throw source.Failure($"{reader.seen.Count} chunks are stored; the shape needs {pieces}.");
    }

    private void ReadTree(ulong address, int? expectedLevel)
    {
        var head = new Hdf5Cursor(source.Read(address, 24), source);
        head.Expect("TREE"u8, "the index of a data set");
        byte kind = head.Byte();
        byte level = head.Byte();
        ushort entries = head.UInt16();
        if (kind != 1 || level > MaximumLevels || level != (expectedLevel ?? level))
        {
            throw source.Failure("the index of a data set is not a tree.");
        }

        int keyBytes = 8 + (shape.Length + 1) * 8;
        var cursor = new Hdf5Cursor(source.Read(address + 24, entries * (keyBytes + 8)), source);
        long[] offset = new long[shape.Length];
        for (int i = 0; i < entries; i++)
        {
            uint size = cursor.UInt32();
            uint skipped = cursor.UInt32();
            for (int d = 0; d < offset.Length; d++)
            {
                offset[d] = (long)Math.Min(cursor.UInt64(), long.MaxValue);
            }

            cursor.Skip(8);
            ulong child = cursor.UInt64();
            if (level > 0)
            {
                ReadTree(child, level - 1);
            }
            else
            {
                Place(offset, filters.Undo(source.Read(child, size), skipped, chunkBytes, elementSize, source));
            }
        }
    }

    private void Place(long[] offset, byte[] piece)
    {
        long number = 0L;
        for (int d = 0; d < offset.Length; d++)
        {
            if (offset[d] >= shape[d] || offset[d] % chunk[d] != 0)
            {
                throw source.Failure(
                    $"a chunk at [{string.Join(", ", offset)}] is outside the shape [{string.Join(", ", shape)}].");
            }

            number = number * ((shape[d] + chunk[d] - 1) / chunk[d]) + offset[d] / chunk[d];
        }

        if (!seen.Add(number))
        {
            throw source.Failure($"the chunk at [{string.Join(", ", offset)}] is stored twice.");
        }

        Copy(piece, offset, dimension: 0, from: 0, to: 0);
    }

    // A chunk at the border may extend beyond the array: only the part inside is copied. The recursion depth is the rank, at most 32.
    private void Copy(byte[] piece, long[] offset, int dimension, long from, long to)
    {
        long count = Math.Min(chunk[dimension], shape[dimension] - offset[dimension]);
        long first = to * shape[dimension] + offset[dimension];
        long firstFrom = from * chunk[dimension];
        if (dimension == shape.Length - 1)
        {
            piece.AsSpan((int)(firstFrom * elementSize), (int)(count * elementSize)).CopyTo(target.AsSpan((int)(first * elementSize)));
            return;
        }

        for (long i = 0L; i < count; i++)
        {
            Copy(piece, offset, dimension + 1, firstFrom + i, first + i);
        }
    }
}
