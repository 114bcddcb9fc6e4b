namespace Cairn.Saving.Hdf5;

/// <summary>The shape of an attribute or data set.</summary>
internal static class Hdf5Dataspace
{
    /// <summary>Dimensions; empty for a scalar. A null space holds no element and reads as one dimension of 0.</summary>
    public static long[] Read(ReadOnlySpan<byte> message, Hdf5Source source, FileLimits limits)
    {
        var cursor = new Hdf5Cursor(message, source);
        byte version = cursor.Byte();
        byte rank = cursor.Byte();
        if (version is not (1 or 2))
        {
            throw source.Failure($"data space version {version}; known are 1 and 2.");
        }

        if (rank > limits.MaximumRank)
        {
            throw source.Failure($"{rank} dimensions; at most {limits.MaximumRank} are allowed.");
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
                : throw source.Failure($"dimension {i} is {dimension}, which no file can hold.");
        }

        return shape;
    }

    /// <summary>Elements of a shape times bytes of an element, refused above <paramref name="maximum"/>.</summary>
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
                    $"the shape [{string.Join(", ", shape)}] of {elementSize} bytes each is more than the {maximum} bytes allowed here.");
            }
        }

        return isEmpty ? 0 : (long)bytes;
    }
}
