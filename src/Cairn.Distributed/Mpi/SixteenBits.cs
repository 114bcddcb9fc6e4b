using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cairn.Distributed.Mpi;

/// <summary>Numbers of 16 bits, rounded to the nearest, in the first half of the memory of the numbers of 32 bits they stand for.</summary>
internal static unsafe class SixteenBits
{
    private const int Part = 512;

    /// <summary>Replaces numbers of 32 bits by as many of 16 bits.</summary>
    public static void Narrow(Span<float> numbers, GradientFormat format)
    {
        Span<ushort> narrow = MemoryMarshal.Cast<float, ushort>(numbers)[..numbers.Length];
        Span<ushort> part = stackalloc ushort[Part];
        for (int at = 0; at < numbers.Length; at += Part)
        {
            Span<float> from = numbers.Slice(at, Math.Min(Part, numbers.Length - at));
            Narrow(from, part, format);
            part[..from.Length].CopyTo(narrow[at..]);
        }
    }

    /// <summary>Takes <see cref="Narrow(Span{float}, GradientFormat)"/> back.</summary>
    public static void Widen(Span<float> numbers, GradientFormat format)
    {
        ReadOnlySpan<ushort> narrow = MemoryMarshal.Cast<float, ushort>(numbers)[..numbers.Length];
        Span<float> part = stackalloc float[Part];
        for (int at = (numbers.Length - 1) / Part * Part; at >= 0; at -= Part)
        {
            ReadOnlySpan<ushort> from = narrow.Slice(at, Math.Min(Part, numbers.Length - at));
            Widen(from, part, format);
            part[..from.Length].CopyTo(numbers[at..]);
        }
    }

    /// <summary>The operation that MPI calls for <see cref="GradientFormat.Float16"/>.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void AddHalves(void* other, void* sum, int* count, nint* type) =>
        Add(other, sum, sum, *count, GradientFormat.Float16);

    /// <summary>The operation that MPI calls for <see cref="GradientFormat.BFloat16"/>.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void AddBFloats(void* other, void* sum, int* count, nint* type) =>
        Add(other, sum, sum, *count, GradientFormat.BFloat16);

    /// <summary>Adds numbers to others; the sums may replace them.</summary>
    public static void Add(void* left, void* right, void* sum, int count, GradientFormat format)
    {
        Span<float> first = stackalloc float[Part];
        Span<float> second = stackalloc float[Part];
        for (int at = 0; at < count; at += Part)
        {
            int length = Math.Min(Part, count - at);
            Widen(new ReadOnlySpan<ushort>((ushort*)left + at, length), first, format);
            Widen(new ReadOnlySpan<ushort>((ushort*)right + at, length), second, format);
            TensorPrimitives.Add(first[..length], second[..length], second);
            Narrow(second[..length], new Span<ushort>((ushort*)sum + at, length), format);
        }
    }

    private static void Narrow(ReadOnlySpan<float> from, Span<ushort> to, GradientFormat format)
    {
        if (format == GradientFormat.Float16)
        {
            TensorPrimitives.ConvertToHalf(from, MemoryMarshal.Cast<ushort, Half>(to));
            return;
        }

        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(from);
        int vectors = bits.Length - (bits.Length % Vector<ushort>.Count);
        for (int i = 0; i < vectors; i += Vector<ushort>.Count)
        {
            Vector.Narrow(Round(new Vector<uint>(bits[i..])), Round(new Vector<uint>(bits[(i + Vector<uint>.Count)..]))).CopyTo(to[i..]);
        }

        for (int i = vectors; i < bits.Length; i++)
        {
            to[i] = (ushort)Round(new Vector<uint>(bits[i]))[0];
        }
    }

    // What is cut off rounds to the nearest, half of it to even. NaN must not become infinite.
    private static Vector<uint> Round(Vector<uint> bits)
    {
        var high = Vector.ShiftRightLogical(bits, 16);
        var rounded = Vector.ShiftRightLogical(bits + new Vector<uint>(0x7FFF) + (high & Vector<uint>.One), 16);
        var isNaN = Vector.GreaterThan(bits & new Vector<uint>(0x7FFF_FFFF), new Vector<uint>(0x7F80_0000));
        return Vector.ConditionalSelect(isNaN, high | new Vector<uint>(0x40), rounded);
    }

    private static void Widen(ReadOnlySpan<ushort> from, Span<float> to, GradientFormat format)
    {
        if (format == GradientFormat.Float16)
        {
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<ushort, Half>(from), to);
            return;
        }

        Span<uint> bits = MemoryMarshal.Cast<float, uint>(to);
        int vectors = from.Length - (from.Length % Vector<ushort>.Count);
        for (int i = 0; i < vectors; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(from[i..]), out Vector<uint> low, out Vector<uint> high);
            Vector.ShiftLeft(low, 16).CopyTo(bits[i..]);
            Vector.ShiftLeft(high, 16).CopyTo(bits[(i + Vector<uint>.Count)..]);
        }

        for (int i = vectors; i < from.Length; i++)
        {
            bits[i] = (uint)from[i] << 16;
        }
    }
}
