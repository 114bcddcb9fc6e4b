using System.Runtime.InteropServices;

namespace Cairn.Saving;

/// <summary>One array of a model file: a weight or a variable of the optimizer. C order, little endian.</summary>
/// <remarks>
/// The bytes are borrowed, not copied: those in memory must stay as they are until the file is written, and those in a file are read
/// when they are asked for, so that the file has to stay open.
/// </remarks>
internal sealed class WeightData
{
    private const int PieceElements = 64 * 1024;

    public WeightData(string name, long[] shape, string dtype, Memory<byte> bytes)
        : this(name, shape, dtype, new MemoryContent(bytes))
    {
        if (bytes.Length != ByteCount)
        {
            throw new ArgumentException(
                $"Weight '{name}' of shape [{string.Join(", ", shape)}] and type {dtype} has {ByteCount} bytes; {bytes.Length} were given.",
                nameof(bytes));
        }
    }

    public WeightData(string name, long[] shape, string dtype, WeightContent content)
    {
        Name = name;
        Shape = shape;
        DType = dtype;
        Content = content;
        ElementCount = ElementCountOf(shape);
        ByteCount = checked(ElementCount * WeightType.SizeOf(dtype));
    }

    /// <summary>Full name with its path, such as <c>sequential/dense/kernel</c>.</summary>
    public string Name { get; }

    /// <summary>Dimensions; empty for a scalar.</summary>
    public long[] Shape { get; }

    /// <summary>One of the names in <see cref="WeightType"/>.</summary>
    public string DType { get; }

    /// <summary>Where the bytes are.</summary>
    public WeightContent Content { get; }

    public long ElementCount { get; }

    public long ByteCount { get; }

    /// <summary>All bytes; of a weight that is still in its file a copy.</summary>
    /// <exception cref="OverflowException">They are more than an array can hold.</exception>
    public Memory<byte> Bytes
    {
        get
        {
            if (Content.InMemory is { } there)
            {
                return there;
            }

            byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)ByteCount));
            Content.CopyTo(bytes, 0);
            return bytes;
        }
    }

    public static WeightData FromSingles(string name, long[] shape, Memory<float> values) =>
        new(name, shape, WeightType.Float32, CastMemory<float, byte>.Of(values));

    public static WeightData FromInt64(string name, long[] shape, Memory<long> values) =>
        new(name, shape, WeightType.Int64, CastMemory<long, byte>.Of(values));

    public static WeightData Scalar(string name, float value) => FromSingles(name, [], new[] { value });

    public static WeightData Scalar(string name, int value) =>
        new(name, [], WeightType.Int32, CastMemory<int, byte>.Of(new[] { value }));

    /// <summary>Wraps native memory, such as that of a tensor, without copying it. <paramref name="owner"/> is kept alive.</summary>
    public static WeightData FromPointer(string name, long[] shape, string dtype, nint pointer, object owner) =>
        new(name, shape, dtype, new NativeContent(pointer, checked(ElementCountOf(shape) * WeightType.SizeOf(dtype)), owner));

    /// <summary>The same array under another name.</summary>
    public WeightData Renamed(string name) => new(name, Shape, DType, Content);

    /// <summary>The same bytes seen as elements of <typeparamref name="T"/>, which must be the type the weight has.</summary>
    public Span<T> AsSpan<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes.Span);

    /// <summary>The values as float32, converted if they are stored as something else.</summary>
    public float[] ToSingles()
    {
        float[] result = new float[ElementCount];
        CopyTo<float>(result);
        return result;
    }

    /// <summary>The values as int64; fractions are cut off.</summary>
    public long[] ToInt64s()
    {
        long[] result = new long[ElementCount];
        CopyTo<long>(result);
        return result;
    }

    /// <summary>Writes elements into <paramref name="target"/>, converted if they are stored as something else; a piece at a time.</summary>
    /// <param name="target">Where to; its length is how many.</param>
    /// <param name="first">The first element.</param>
    public void CopyTo<T>(Span<T> target, long first = 0)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        int size = WeightType.SizeOf(DType);
        if (WeightType.Of<T>() == DType)
        {
            // A span of bytes ends at 2 GB.
            int most = int.MaxValue / size;
            for (int done = 0; done < target.Length; done += most)
            {
                Span<T> piece = target.Slice(done, Math.Min(most, target.Length - done));
                Content.CopyTo(MemoryMarshal.AsBytes(piece), (first + done) * size);
            }

            return;
        }

        byte[] buffer = new byte[Math.Min(PieceElements, target.Length) * size];
        for (int done = 0; done < target.Length; done += PieceElements)
        {
            Span<T> piece = target.Slice(done, Math.Min(PieceElements, target.Length - done));
            Span<byte> stored = buffer.AsSpan(0, piece.Length * size);
            Content.CopyTo(stored, (first + done) * size);
            WeightConversion.Convert(DType, stored, piece);
        }
    }

    /// <summary>Whether another array is of the same type and shape and holds the same bits.</summary>
    public bool IsSameAs(WeightData other)
    {
        if (DType != other.DType || !Shape.AsSpan().SequenceEqual(other.Shape))
        {
            return false;
        }

        byte[] mine = new byte[Math.Min(PieceElements, ByteCount)], theirs = new byte[mine.Length];
        for (long done = 0; done < ByteCount; done += mine.Length)
        {
            int count = (int)Math.Min(mine.Length, ByteCount - done);
            Content.CopyTo(mine.AsSpan(0, count), done);
            other.Content.CopyTo(theirs.AsSpan(0, count), done);
            if (!mine.AsSpan(0, count).SequenceEqual(theirs.AsSpan(0, count)))
            {
                return false;
            }
        }

        return true;
    }

    private static long ElementCountOf(long[] shape)
    {
        foreach (long dimension in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dimension, nameof(shape));
        }

        // Where one axis is empty the others may be as long as they like.
        return shape.Contains(0) ? 0 : shape.Aggregate(1L, (count, dimension) => checked(count * dimension));
    }
}
