using System.Runtime.InteropServices;

namespace Cairn.Saving;

/// <summary>One array of a model file: a weight or an optimizer variable. C order, little-endian.</summary>
/// <remarks>
/// The bytes are borrowed, not copied: those in memory must not change until the file is written, and those in a file are read
/// on demand, so the file must stay open.
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

    /// <summary>Full name including its path, such as <c>sequential/dense/kernel</c>.</summary>
    public string Name { get; }

    /// <summary>The shape; empty for a scalar.</summary>
    public long[] Shape { get; }

    /// <summary>One of the names in <see cref="WeightType"/>.</summary>
    public string DType { get; }

    /// <summary>The bytes.</summary>
    public WeightContent Content { get; }

    public long ElementCount { get; }

    public long ByteCount { get; }

    /// <summary>All bytes; a copy if the weight is still in its file.</summary>
    /// <exception cref="OverflowException">There are more than an array can hold.</exception>
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

    /// <summary>The same bytes as elements of <typeparamref name="T"/>, which must be the weight's type.</summary>
    public Span<T> AsSpan<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes.Span);

    /// <summary>The values as float32, converted if stored in another type.</summary>
    public float[] ToSingles()
    {
        float[] result = new float[ElementCount];
        CopyTo<float>(result);
        return result;
    }

    /// <summary>The values as int64; fractions are truncated.</summary>
    public long[] ToInt64s()
    {
        long[] result = new long[ElementCount];
        CopyTo<long>(result);
        return result;
    }

    /// <summary>Copies elements to <paramref name="target"/>, converted if stored in another type; piece by piece.</summary>
    /// <param name="target">The span to fill; its length is the number of elements.</param>
    /// <param name="first">The index of the first element.</param>
    public void CopyTo<T>(Span<T> target, long first = 0)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        int size = WeightType.SizeOf(DType);
        if (WeightType.Of<T>() == DType)
        {
            // A span of bytes is limited to 2 GB.
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

    /// <summary>Whether another array has the same type and shape and the same bits.</summary>
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

        // If one axis is empty, the others may have any size.
        return shape.Contains(0) ? 0 : shape.Aggregate(1L, (count, dimension) => checked(count * dimension));
    }
}
