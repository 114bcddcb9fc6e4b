namespace Cairn.Saving.Hdf5;

/// <summary>The shape of an attribute or data set.</summary>
internal static class Hdf5Dataspace
{
    /// <summary>The dimensions; empty for a scalar. A null data space has no elements and reads as one dimension of 0.</summary>
    public static long[] Read(ReadOnlySpan<byte> message, Hdf5Source source, FileLimits limits)
    {
        var cursor = new Hdf5Cursor(message, source);
        byte version = cursor.Byte();
        byte rank = cursor.Byte();
        if (version is not (1 or 2))
        {
            throw source.Failure($"unsupported data space version {version}; supported: 1 and 2.");
        }

        if (rank > limits.MaximumRank)
        {
            throw source.Failure($"the data set has {rank} dimensions; at most {limits.MaximumRank} are allowed.");
        }

        cursor.Skip(1);
        const byte NullSpace = 2;
        if (version == 1)
        {
            cursor.Skip(5);
        }
        else if (cursor.Byte() == NullSpace)
        {
            return [0];
        }

        long[] shape = new long[rank];
        for (int i = 0; i < rank; i++)
        {
            ulong dimension = cursor.UInt64();
            shape[i] = dimension <= long.MaxValue
                ? (long)dimension
                : throw source.Failure($"dimension {i} is {dimension}, which is too large.");
        }

        return shape;
    }

    /// <summary>The number of elements of a shape times the element size; throws above <paramref name="maximum"/>.</summary>
    public static long CheckedBytes(long[] shape, long elementSize, long maximum, Hdf5Source source)
    {
        var bytes = (Int128)elementSize;
        bool isEmpty = false;
        foreach (long dimension in shape)
        {
            isEmpty |= dimension == 0;
            bytes *= Math.Max(dimension, 1);
            if (bytes > maximum)
            {
                throw source.Failure(
                    $"the shape [{string.Join(", ", shape)}] with {elementSize} bytes per element exceeds the {maximum} bytes allowed.");
            }
        }

        return isEmpty ? 0 : (long)bytes;
    }
}
