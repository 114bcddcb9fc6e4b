namespace Cairn.Saving.Hdf5;

/// <summary>Writes groups, weights and strings as an HDF5 file that all versions since 1.8 can read.</summary>
/// <remarks>
/// The order is strings, then the values and headers of each object from the inside out, so that every address is known when it is written;
/// only the superblock, which contains the addresses of the root and the end, is written last. Values are written in pieces from memory.
/// </remarks>
internal sealed class Hdf5Writer
{
    private const int PieceBytes = 4 * 1024 * 1024;

    // Small data is stored in the header of its data set, which is read at once.
    private const int MostBytesWithinHeader = 32 * 1024;

    private readonly Stream stream;
    private readonly Dictionary<(GroupNode Group, string Attribute), byte[]> references = [];
    private byte[]? piece;

    private Hdf5Writer(Stream stream) => this.stream = stream;

    /// <summary>Writes the file to a seekable stream, which must be at its beginning.</summary>
    /// <exception cref="ArgumentException">A name is too long, or a weight has a type that Keras files do not use.</exception>
    public static void Write(Stream stream, GroupNode root) => new Hdf5Writer(stream).Write(root);

    private void Write(GroupNode root)
    {
        stream.Write(Superblock(0, 0));
        var heap = new Hdf5TextHeap(stream);
        AddTexts(root, heap);
        heap.Flush();
        ulong address = WriteGroup(root);
        ulong end = (ulong)stream.Position;
        stream.Position = 0;
        stream.Write(Superblock(address, end));
        stream.Position = (long)end;
    }

    private void AddTexts(GroupNode group, Hdf5TextHeap heap)
    {
        foreach ((string name, (string[] texts, _)) in group.Attributes)
        {
            references[(group, name)] = [.. texts.SelectMany(heap.Add)];
        }

        foreach (GroupNode child in group.Groups.Values)
        {
            AddTexts(child, heap);
        }
    }

    private ulong WriteGroup(GroupNode group)
    {
        var messages = new List<(Hdf5MessageType Type, byte[] Content)>
        {
            (Hdf5MessageType.LinkInfo, Hdf5Encoding.LinkInfo()),
            (Hdf5MessageType.GroupInfo, Hdf5Encoding.GroupInfo()),
        };
        if (group.Attributes.Count > 0)
        {
            // Without it the library sees no attributes.
            messages.Add((Hdf5MessageType.AttributeInfo, Hdf5Encoding.AttributeInfo()));
        }

        foreach ((string name, (_, bool isList)) in group.Attributes)
        {
            messages.Add((Hdf5MessageType.Attribute, Hdf5Encoding.Attribute(name, isList, references[(group, name)])));
        }

        foreach ((string name, GroupNode child) in group.Groups)
        {
            messages.Add((Hdf5MessageType.Link, Hdf5Encoding.Link(name, WriteGroup(child))));
        }

        foreach ((string name, WeightData weight) in group.Weights)
        {
            messages.Add((Hdf5MessageType.Link, Hdf5Encoding.Link(name, WriteWeight(weight))));
        }

        return WriteHeader(messages);
    }

    private ulong WriteWeight(WeightData weight)
    {
        byte[] type = Hdf5Encoding.NumberType(weight.DType)
            ?? throw new ArgumentException($"Weights of type '{weight.DType}' can't be saved ('{weight.Name}').");
        byte[] layout;
        if (weight.ByteCount is > 0 and <= MostBytesWithinHeader)
        {
            layout = Hdf5Encoding.Compact(weight.Bytes.Span);
        }
        else
        {
            layout = Hdf5Encoding.Contiguous(weight.ByteCount == 0 ? Hdf5Encoding.Undefined : Align(), weight.ByteCount);
            WriteNumbers(weight);
        }

        return WriteHeader(
        [
            (Hdf5MessageType.Dataspace, Hdf5Encoding.Dataspace(weight.Shape)),
            (Hdf5MessageType.Datatype, type),
            (Hdf5MessageType.FillValue, Hdf5Encoding.FillValue()),
            (Hdf5MessageType.Layout, layout),
        ]);
    }

    private void WriteNumbers(WeightData weight)
    {
        if (weight.Content.InMemory is { } memory)
        {
            stream.Write(memory.Span);
            return;
        }

        piece ??= GC.AllocateUninitializedArray<byte>(PieceBytes);
        for (long done = 0; done < weight.ByteCount; done += piece.Length)
        {
            Span<byte> part = piece.AsSpan(0, (int)Math.Min(piece.Length, weight.ByteCount - done));
            weight.Content.CopyTo(part, done);
            stream.Write(part);
        }
    }

    private ulong WriteHeader(List<(Hdf5MessageType Type, byte[] Content)> messages)
    {
        ulong address = Align();
        var header = new MemoryStream();

        // Version 2; flag 2 means that the size of the header takes four bytes.
        header.Write([.. "OHDR"u8, 2, 2, .. Hdf5Encoding.Number((uint)messages.Sum(message => message.Content.Length + 4L))]);
        foreach ((Hdf5MessageType type, byte[] content) in messages)
        {
            if (content.Length > ushort.MaxValue)
            {
                throw new ArgumentException($"A name or an attribute of {content.Length} bytes can't be saved; HDF5 "
                    + $"allows {ushort.MaxValue}.");
            }

            // The type of a data set never changes.
            header.Write([(byte)type, .. Hdf5Encoding.Number((ushort)content.Length), (byte)(type == Hdf5MessageType.Datatype ? 1 : 0)]);
            header.Write(content);
        }

        header.Write(Hdf5Encoding.Number(Hdf5Checksum.Compute(header.GetBuffer().AsSpan(0, (int)header.Length))));
        header.WriteTo(stream);
        return address;
    }

    private ulong Align()
    {
        stream.Write(new byte[(int)(-stream.Position & 7)]);
        return (ulong)stream.Position;
    }

    // Version 2: addresses and lengths of eight bytes, no extension.
    private static byte[] Superblock(ulong root, ulong end)
    {
        byte[] block =
        [
            0x89, .. "HDF\r\n"u8, 0x1a, (byte)'\n', 2, 8, 8, 0, .. Hdf5Encoding.Number(0UL), .. Hdf5Encoding.Number(Hdf5Encoding.Undefined),
            .. Hdf5Encoding.Number(end), .. Hdf5Encoding.Number(root),
        ];
        return [.. block, .. Hdf5Encoding.Number(Hdf5Checksum.Compute(block))];
    }
}
