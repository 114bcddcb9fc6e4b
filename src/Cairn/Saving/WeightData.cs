using System.Runtime.InteropServices;

namespace Cairn.Saving;

/// <summary>One array of a model file: a weight or a variable of the optimizer. C order, little endian.</summary>
/// <remarks>The bytes are borrowed, not copied: they must stay as they are until the file is written.</remarks>
internal sealed class WeightData
{
    public WeightData(string name, long[] shape, string dtype, Memory<byte> bytes)
    {
        var expected = checked(ElementCountOf(shape) * WeightType.SizeOf(dtype));
        if (bytes.Length != expected)
            throw new ArgumentException(
                $"Weight '{name}' of shape [{string.Join(", ", shape)}] and type {dtype} has {expected} bytes; {bytes.Length} were given.",
                nameof(bytes));

        Name = name;
        Shape = shape;
        DType = dtype;
        Bytes = bytes;
    }

    /// <summary>Full name with its path, such as <c>sequential/dense/kernel</c>.</summary>
    public string Name { get; }

    /// <summary>Dimensions; empty for a scalar.</summary>
    public long[] Shape { get; }

    /// <summary>One of the names in <see cref="WeightType"/>.</summary>
    public string DType { get; }

    public Memory<byte> Bytes { get; }

    public long ElementCount => ElementCountOf(Shape);

    public static WeightData FromSingles(string name, long[] shape, Memory<float> values) =>
        new(name, shape, WeightType.Float32, CastMemory<float, byte>.Of(values));

    public static WeightData FromInt64(string name, long[] shape, Memory<long> values) =>
        new(name, shape, WeightType.Int64, CastMemory<long, byte>.Of(values));

    public static WeightData Scalar(string name, float value) => FromSingles(name, [], new[] { value });

    public static WeightData Scalar(string name, int value) =>
        new(name, [], WeightType.Int32, CastMemory<int, byte>.Of(new[] { value }));

    /// <summary>Wraps native memory, such as that of a tensor, without copying it. <paramref name="owner"/> is kept alive.</summary>
    public static WeightData FromPointer(string name, long[] shape, string dtype, nint pointer, object owner)
    {
        var length = checked((int)(ElementCountOf(shape) * WeightType.SizeOf(dtype)));
        return new(name, shape, dtype, length == 0 ? Memory<byte>.Empty : new NativeMemory(pointer, length, owner).Memory);
    }

    /// <summary>The same bytes seen as elements of <typeparamref name="T"/>, which must be the type the weight has.</summary>
    public Span<T> AsSpan<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes.Span);

    /// <summary>The values as float32, converted if they are stored as something else.</summary>
    public float[] ToSingles()
    {
        var result = new float[ElementCount];
        CopyTo(result);
        return result;
    }

    /// <summary>Writes the values as float32 into <paramref name="target"/>, converted if they are stored as something else.</summary>
    public void CopyTo(Span<float> target) => WeightConversion.Convert(DType, Bytes.Span, target);

    /// <summary>The values as int64; fractions are cut off.</summary>
    public long[] ToInt64s()
    {
        var result = new long[ElementCount];
        WeightConversion.Convert<long>(DType, Bytes.Span, result);
        return result;
    }

    private static long ElementCountOf(long[] shape)
    {
        var count = 1L;
        foreach (var dimension in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dimension, nameof(shape));
            count = checked(count * dimension);
        }

        return count;
    }
}
