using System.Numerics;
using System.Runtime.InteropServices;
using Cairn.Saving;

namespace Cairn.Data;

/// <summary>The rows of an array in NumPy's format, read where they stand: the file may be larger than memory.</summary>
/// <remarks>
/// Rows are read, not mapped: pages of a mapped file count as this process' memory, and a file that another program cuts short would end
/// the process. Arrays of one number a sample, small beside what they belong to, are read once as a whole.
/// </remarks>
internal sealed class NpyRows : IDisposable
{
    // Labels and weights, of millions of samples: a call for each, in a shuffled order, takes half as long as one for an image.
    private const long MostHeldBytes = 32 * 1024 * 1024;

    private readonly WeightSource source;
    private readonly long start;
    private readonly int rowBytes;
    private readonly DateTime? written;
    private readonly byte[]? held;
    private byte[] stored = [];

    /// <summary>Takes over an open file, or a part of one.</summary>
    /// <exception cref="ModelFormatException">It is no such array, or a damaged one.</exception>
    public NpyRows(WeightSource source, string name)
    {
        this.source = source;
        Name = name;
        written = source.LastWriteTimeUtc;
        var stream = new SourceStream(source);
        NpyHeader header = NpyFile.ReadHeader(stream, name);
        long bytes = header.ByteCount(name, FileLimits.Default.MaximumTotalBytes);
        NpyFile.RequireContent(stream, header, bytes, name);
        if (header.Shape.Length == 0 || header.Shape[0] == 0)
        {
            throw new ModelFormatException($"the array has the shape ({string.Join(", ", header.Shape)}); its first axis must count "
                + "the samples.", name);
        }

        start = stream.Position;
        DType = header.DType;
        Count = header.Shape[0];
        Shape = ((Shape)header.Shape)[1..].WithBatch();
        long row = bytes / Count;
        if (row > Array.MaxLength)
        {
            throw new ModelFormatException($"one sample has {row} bytes; at most {Array.MaxLength} are allowed.", name);
        }

        rowBytes = (int)row;
        if (bytes > MostHeldBytes || Shape[1..].ElementCount > 1)
        {
            return;
        }

        held = new byte[bytes];
        source.Read(start, held);
    }

    /// <summary>The file, and the member where it is an archive.</summary>
    public string Name { get; }

    /// <summary>Element type, one of the names in <see cref="WeightType"/>.</summary>
    public string DType { get; }

    /// <summary>Number of rows.</summary>
    public long Count { get; }

    /// <summary>The array's shape with an open first axis.</summary>
    public Shape Shape { get; }

    /// <summary>Whether the numbers are stored as such ones. They can then be read by several threads at once.</summary>
    public bool IsStoredAs<T>() => DType == (typeof(T) == typeof(float) ? WeightType.Float32 : WeightType.Int64);

    /// <summary>Reads rows that follow one another, as float32 or int64.</summary>
    public void Read<T>(long first, int count, Span<T> target)
        where T : unmanaged, INumber<T>
    {
        if (IsStoredAs<T>())
        {
            ReadBytes(first, MemoryMarshal.AsBytes(target));
            return;
        }

        int bytes = checked(count * rowBytes);
        if (stored.Length < bytes)
        {
            stored = new byte[bytes];
        }

        ReadBytes(first, stored.AsSpan(0, bytes));
        if (typeof(T) == typeof(long) && DType is WeightType.Float16 or WeightType.Float32 or WeightType.Float64)
        {
            RefuseNotFinite(stored.AsSpan(0, bytes), target.Length, first, count);
        }

        WeightConversion.Convert(DType, stored.AsSpan(0, bytes), target);
    }

    /// <summary>Throws where somebody has written to the file since it was opened: an epoch would be trained on other data than the one before.</summary>
    public void RequireUnchanged()
    {
        if (source.LastWriteTimeUtc != written)
        {
            throw new ModelFormatException("the file was written to after the training on it began.", Name);
        }
    }

    public void Dispose() => source.Dispose();

    private void ReadBytes(long first, Span<byte> target)
    {
        long position = first * rowBytes;
        if (held is null)
        {
            source.Read(start + position, target);
        }
        else
        {
            held.AsSpan((int)position, target.Length).CopyTo(target);
        }
    }

    // As a whole number it would be a class that nobody meant.
    private void RefuseNotFinite(ReadOnlySpan<byte> bytes, int numbers, long first, int count)
    {
        float[] singles = new float[numbers];
        WeightConversion.Convert<float>(DType, bytes, singles);
        int at = DataCheck.IndexOfNotFinite(singles);
        if (at >= 0)
        {
            throw new ArgumentException($"'{Name}' contains {DataCheck.Shown(singles[at])} in row {first + (at / (numbers / count))}, "
                + "where whole numbers such as classes are needed.");
        }
    }
}
