using System.Text;

namespace Cairn.Saving;

/// <summary>Reads files of TorchSharp's <c>Module.save</c>; each value is validated before use.</summary>
internal sealed class ModuleReader(WeightSource file, FileLimits limits)
{
    private const int PageBytes = 4096;
    private const int BitsOfByte = 7;
    private const int MostBits = 63;

    private readonly byte[] page = new byte[PageBytes];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private long pageStart;
    private int pageLength;
    private long position;
    private string? place;

    public IReadOnlyList<WeightData> Read()
    {
        long count = Number("the number of arrays");

        // Each array needs at least the length of its name, its type and its rank.
        if (count > limits.MaximumObjects || count > file.Length / 3)
        {
            throw Failure($"the file declares {count} arrays in {file.Length} bytes. (Was it written by TorchSharp's Module.save?)");
        }

        List<WeightData> weights = [];
        for (long i = 0; i < count; i++)
        {
            weights.Add(ReadOne());
        }

        place = null;
        return position == file.Length ? weights : throw Failure($"{file.Length - position} unexpected bytes after the last array.");
    }

    private WeightData ReadOne()
    {
        string name = Name();
        place = name.Length <= 80 ? name : $"{name.AsSpan(0, 77)}...";
        if (!names.Add(name))
        {
            throw Failure("the file has this name twice.");
        }

        long number = Number("the type");
        string type = ModuleType.TypeOf(number) ?? throw Failure($"unknown type number {number}.");
        long rank = Number("the number of axes");
        if (rank > limits.MaximumRank)
        {
            throw Failure($"the array has {rank} axes; at most {limits.MaximumRank} are allowed.");
        }

        long[] shape = new long[rank];
        Int128 bytes = WeightType.SizeOf(type);
        for (int axis = 0; axis < shape.Length; axis++)
        {
            shape[axis] = Number("a size");
            bytes = Int128.Min(bytes * shape[axis], long.MaxValue);
        }

        if (bytes > file.Length - position)
        {
            throw Failure(
                $"the shape [{string.Join(", ", shape)}] of {type} has {bytes} bytes, but only {file.Length - position} are left.");
        }

        if (bytes > limits.MaximumWeightBytes)
        {
            throw Failure($"the weight has {bytes} bytes; at most {limits.MaximumWeightBytes} are allowed.");
        }

        var weight = new WeightData(name, shape, type, new StoredContent(file, position));
        position += weight.ByteCount;
        return weight;
    }

    private string Name()
    {
        long length = Number("the length of a name");
        if (length > limits.MaximumNameBytes || length > file.Length - position)
        {
            throw Failure($"a name has {length} bytes; at most {Math.Min(limits.MaximumNameBytes, file.Length - position)} are "
                + "possible here.");
        }

        byte[] bytes = new byte[length];
        file.Read(position, bytes);
        position += length;
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new ModelFormatException("a name is not UTF-8.", file.FileName, place, exception);
        }
    }

    private long Number(string what)
    {
        long number = 0;
        for (int shift = 0; ; shift += BitsOfByte)
        {
            byte next = Next(what);
            if (shift >= MostBits)
            {
                throw Failure($"{what} is too large.");
            }

            number |= (long)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                return number;
            }
        }
    }

    private byte Next(string what)
    {
        if (position >= file.Length)
        {
            throw Failure($"the file ends where {what} is expected.");
        }

        if (position < pageStart || position >= pageStart + pageLength)
        {
            int length = (int)Math.Min(PageBytes, file.Length - position);
            file.Read(position, page.AsSpan(0, length));
            (pageStart, pageLength) = (position, length);
        }

        return page[position++ - pageStart];
    }

    private ModelFormatException Failure(string problem) => new(problem, file.FileName, place);
}
