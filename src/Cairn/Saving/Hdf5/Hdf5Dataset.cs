namespace Cairn.Saving.Hdf5;

/// <summary>Reads one array of numbers.</summary>
internal static class Hdf5Dataset
{
    private enum Layout
    {
        Compact = 0,
        Contiguous = 1,
        Chunked = 2,
    }

    public static WeightData Read(Hdf5File file, ulong address, string location, string name)
    {
        Hdf5Source source = file.Source;
        source.Location = location;
        List<Hdf5Message> messages = Hdf5ObjectHeader.Read(source, address);
        if (messages.Exists(message => message.Type == Hdf5MessageType.ExternalFiles))
        {
            throw source.Failure("the data is in another file, which is not supported.");
        }

        var type = Hdf5Datatype.Read(Only(source, messages, Hdf5MessageType.Datatype).Span, source);
        string number = type.Number ?? throw source.Failure("expected numbers, found strings or records.");
        long[] shape = Hdf5Dataspace.Read(Only(source, messages, Hdf5MessageType.Dataspace).Span, source, file.Limits);
        long length = Hdf5Dataspace.CheckedBytes(shape, type.Size, file.Limits.MaximumWeightBytes, source);
        file.ChargeWeight(length);

        var layout = new Hdf5Cursor(Only(source, messages, Hdf5MessageType.Layout).Span, source);
        return new WeightData(name, shape, number, ReadData(file, ref layout, messages, shape, type.Size, length));
    }

    private static WeightContent ReadData(Hdf5File file, ref Hdf5Cursor layout, List<Hdf5Message> messages, long[] shape,
        int elementSize, long length)
    {
        Hdf5Source source = file.Source;
        byte version = layout.Byte();
        if (version is not (3 or 4))
        {
            throw source.Failure($"unsupported data layout version {version}; supported: 3 and 4.");
        }

        var kind = (Layout)layout.Byte();
        switch (kind)
        {
            case Layout.Compact:
                ushort stored = layout.UInt16();
                return stored >= length
                    ? new MemoryContent(layout.Take((int)length).ToArray())
                    : throw source.Failure($"the shape needs {length} bytes, but {stored} are stored.");

            case Layout.Contiguous:
                ulong address = layout.UInt64();
                ulong size = layout.UInt64();
                if (length == 0)
                {
                    return new MemoryContent(Memory<byte>.Empty);
                }

                if (address == Hdf5File.Undefined)
                {
                    throw source.Failure("the data set was created but never written.");
                }

                if (size < (ulong)length)
                {
                    throw source.Failure($"the shape needs {length} bytes, but {size} are stored.");
                }

                file.ChargeStored(length);
                return source.Stored(address, length);

            case Layout.Chunked when version == 3:
                int filters = messages.FindIndex(message => message.Type == Hdf5MessageType.Filters);
                var pipeline = Hdf5Filters.Read(filters < 0 ? default : messages[filters].Data.Span, source);
                return new MemoryContent(Hdf5Chunks.Read(file, ref layout, pipeline, shape, elementSize, length));

            case Layout.Chunked:
                throw source.Failure("chunks in HDF5's 'latest' layout are not supported; rewrite the file with h5py's default settings.");

            default:
                throw source.Failure($"unsupported data layout {(int)kind}; expected contiguous, compact or chunked.");
        }
    }

    private static ReadOnlyMemory<byte> Only(Hdf5Source source, List<Hdf5Message> messages, Hdf5MessageType type)
    {
        int found = messages.FindIndex(message => message.Type == type);
        if (found < 0)
        {
            throw source.Failure($"not a data set: its {type} is missing.");
        }

        return messages[found].Data;
    }
}
