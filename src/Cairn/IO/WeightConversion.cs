using System.Numerics;
using System.Runtime.InteropServices;

namespace Cairn.Saving;

/// <summary>Converts element types while reading: for example a float64 file into a float32 model.</summary>
internal static class WeightConversion
{
    private const int BitsBelowBFloat16 = 16;

    /// <summary>
    /// Converts each element of <paramref name="source"/>; overflow saturates, and conversion to integers truncates fractions.
    /// </summary>
    public static void Convert<TTo>(string dtype, ReadOnlySpan<byte> source, Span<TTo> target) where TTo : unmanaged, INumber<TTo>
    {
        switch (dtype)
        {
            case WeightType.BFloat16: ConvertBFloat16(MemoryMarshal.Cast<byte, ushort>(source), target); break;
            case WeightType.Float16: Convert<Half, TTo>(source, target); break;
            case WeightType.Float32: Convert<float, TTo>(source, target); break;
            case WeightType.Float64: Convert<double, TTo>(source, target); break;
            case WeightType.Int8: Convert<sbyte, TTo>(source, target); break;
            case WeightType.Int16: Convert<short, TTo>(source, target); break;
            case WeightType.Int32: Convert<int, TTo>(source, target); break;
            case WeightType.Int64: Convert<long, TTo>(source, target); break;
            case WeightType.UInt8 or WeightType.Bool: Convert<byte, TTo>(source, target); break;
            case WeightType.UInt16: Convert<ushort, TTo>(source, target); break;
            case WeightType.UInt32: Convert<uint, TTo>(source, target); break;
            case WeightType.UInt64: Convert<ulong, TTo>(source, target); break;
            default: throw new ArgumentException($"Unknown element type '{dtype}'.", nameof(dtype));
        }
    }

    private static void Convert<TFrom, TTo>(ReadOnlySpan<byte> bytes, Span<TTo> target)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        ReadOnlySpan<TFrom> source = MemoryMarshal.Cast<byte, TFrom>(bytes);
        CheckLengths(source.Length, target.Length);
        if (typeof(TFrom) == typeof(TTo))
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(target));
        }
        else
        {
            for (int i = 0; i < source.Length; i++)
            {
                target[i] = TTo.CreateSaturating(source[i]);
            }
        }
    }

    // A bfloat16 is the upper half of a float32.
    private static void ConvertBFloat16<TTo>(ReadOnlySpan<ushort> source, Span<TTo> target) where TTo : unmanaged, INumber<TTo>
    {
        CheckLengths(source.Length, target.Length);
        for (int i = 0; i < source.Length; i++)
        {
            target[i] = TTo.CreateSaturating(BitConverter.UInt32BitsToSingle((uint)source[i] << BitsBelowBFloat16));
        }
    }

    private static void CheckLengths(int source, int target)
    {
        if (source != target)
        {
            throw new ArgumentException($"The target holds {target} elements, the weight {source}.", nameof(target));
        }
    }
}
