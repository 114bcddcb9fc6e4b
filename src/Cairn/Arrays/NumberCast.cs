using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>Conversion of numbers between the element types of arrays.</summary>
internal static class NumberCast
{
    /// <summary>The tensor type of a .NET type; null if there is none.</summary>
    public static ScalarType? TypeOf<T>() => default(T) switch
    {
        float => ScalarType.Float32,
        double => ScalarType.Float64,
        Half => ScalarType.Float16,
        long => ScalarType.Int64,
        int => ScalarType.Int32,
        short => ScalarType.Int16,
        sbyte => ScalarType.Int8,
        byte => ScalarType.Byte,
        bool => ScalarType.Bool,
        _ => null,
    };

    /// <summary>Converts all elements of an array of any rank; conversion to integers truncates.</summary>
    /// <exception cref="NotSupportedException">The result type is not a numeric type.</exception>
    public static void To<T>(Array source, T[] result)
        where T : unmanaged
    {
        switch (source.GetType().GetElementType())
        {
            case var t when t == typeof(float): From<float, T>(source, result); break;
            case var t when t == typeof(double): From<double, T>(source, result); break;
            case var t when t == typeof(Half): From<Half, T>(source, result); break;
            case var t when t == typeof(long): From<long, T>(source, result); break;
            case var t when t == typeof(int): From<int, T>(source, result); break;
            case var t when t == typeof(short): From<short, T>(source, result); break;
            case var t when t == typeof(sbyte): From<sbyte, T>(source, result); break;
            case var t when t == typeof(byte): From<byte, T>(source, result); break;
            default:
                byte[] bits = new byte[source.LongLength];
                Span<bool> flags = Flat<bool>(source);
                for (int i = 0; i < bits.Length; i++)
                {
                    bits[i] = flags[i] ? (byte)1 : (byte)0;
                }

                From<byte, T>(bits, result);
                break;
        }
    }

    private static void From<TFrom, T>(Array source, T[] result)
        where TFrom : unmanaged, INumber<TFrom>
        where T : unmanaged
    {
        Span<TFrom> numbers = Flat<TFrom>(source);
        switch (result)
        {
            case float[] floats: Convert(numbers, floats); break;
            case double[] doubles: Convert(numbers, doubles); break;
            case Half[] halves: Convert(numbers, halves); break;
            case long[] longs when typeof(T) == typeof(long): Convert(numbers, longs); break;
            case int[] ints when typeof(T) == typeof(int): Convert(numbers, ints); break;
            case short[] shorts when typeof(T) == typeof(short): Convert(numbers, shorts); break;
            case sbyte[] signed when typeof(T) == typeof(sbyte): Convert(numbers, signed); break;
            case byte[] bytes when typeof(T) == typeof(byte): Convert(numbers, bytes); break;
            case bool[] flags:
                for (int i = 0; i < flags.Length; i++)
                {
                    flags[i] = numbers[i] != TFrom.Zero;
                }

                break;
            default:
                throw new NotSupportedException(
                $"Numbers can't be converted to {typeof(T).Name}; possible are float, double, Half, long, int, short, sbyte, "
                + $"byte and bool.");
        }
    }

    private static void Convert<TFrom, TTo>(Span<TFrom> numbers, TTo[] result)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = TTo.CreateTruncating(numbers[i]);
        }
    }

    private static Span<T> Flat<T>(Array array)
        where T : unmanaged =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), checked((int)array.LongLength));
}
