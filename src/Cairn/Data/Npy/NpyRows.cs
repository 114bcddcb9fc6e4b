using System.Numerics;
using System.Runtime.InteropServices;
using Cairn.Saving;

namespace Cairn.Data;

/// <summary>The rows of an array in NumPy's format, read on demand: the file may be larger than memory.</summary>
/// <remarks>
/// Rows are read, not memory-mapped: pages of a mapped file count towards the memory of the process, and a file truncated by another
/// program would crash it. Arrays with one number per sample are small compared with the others and are read as a whole.
/// </remarks>
internal sealed class NpyRows : IDisposable
{
    // Labels and weights, even of millions of samples. In shuffled order, reading each one separately takes half as long as reading an
    // image.
    private const long MostHeldBytes = 32 * 1024 * 1024;

    private readonly WeightSource source;
    private readonly long start;
    private readonly int rowBytes;
    private readonly DateTime? written;
    private readonly byte[]? held;
    private byte[] stored = [];

    /// <summary>Takes ownership of an open file, or of a part of one.</summary>
    /// <exception cref="ModelFormatException">It is not an array, or it is damaged.</exception>
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
            throw new ModelFormatException($"the array has the shape ({string.Join(", ", header.Shape)}); its first axis must be "
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

    /// <summary>The path of the file and, in an archive, the name of the member.</summary>
    public string Name { get; }

    /// <summary>Element type, one of the names in <see cref="WeightType"/>.</summary>
    public string DType { get; }

    /// <summary>Number of rows.</summary>
    public long Count { get; }

    /// <summary>The shape of the array, with an open first axis.</summary>
    public Shape Shape { get; }

    /// <summary>Whether the values are stored as this type. Several threads can then read them at once.</summary>
    public bool IsStoredAs<T>() => DType == (typeof(T) == typeof(float) ? WeightType.Float32 : WeightType.Int64);

    /// <summary>Reads consecutive rows, as float32 or int64.</summary>
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

    /// <summary>Throws if the file was modified since it was opened, because epochs would then be trained on different data.</summary>
    public void RequireUnchanged()
    {
        if (source.LastWriteTimeUtc != written)
        {
            throw new ModelFormatException("the file was modified during training.", Name);
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

    // Converted to an integer, it would silently become some class.
    private void RefuseNotFinite(ReadOnlySpan<byte> bytes, int numbers, long first, int count)
    {
        float[] singles = new float[numbers];
        WeightConversion.Convert<float>(DType, bytes, singles);
        int at = DataCheck.IndexOfNotFinite(singles);
        if (at >= 0)
        {
            throw new ArgumentException($"'{Name}' contains {DataCheck.Shown(singles[at])} in row {first + (at / (numbers / count))}, but "
                + "integers such as class indices are required.");
        }
    }
}
