using Cairn.Saving;

namespace Cairn.Data;

/// <summary>An array read from or to be written to a <c>.npy</c> file: C order, little endian.</summary>
/// <param name="DType">One of the names in <see cref="WeightType"/>.</param>
/// <param name="Shape">Dimensions; empty for a scalar.</param>
/// <param name="Bytes">The elements.</param>
internal sealed record NpyArray(string DType, long[] Shape, Memory<byte> Bytes)
{
    public long ElementCount => Bytes.Length / WeightType.SizeOf(DType);

    public static NpyArray FromSingles(long[] shape, Memory<float> values) =>
        new(WeightType.Float32, shape, CastMemory<float, byte>.Of(values));

    public static NpyArray FromInt64s(long[] shape, Memory<long> values) =>
        new(WeightType.Int64, shape, CastMemory<long, byte>.Of(values));

    /// <summary>The values as float32, converted if they are stored as another type.</summary>
    public float[] ToSingles()
    {
        float[] result = new float[ElementCount];
        WeightConversion.Convert<float>(DType, Bytes.Span, result);
        return result;
    }

    /// <summary>The values as int64; fractions are truncated.</summary>
    public long[] ToInt64s()
    {
        long[] result = new long[ElementCount];
        WeightConversion.Convert<long>(DType, Bytes.Span, result);
        return result;
    }
}
