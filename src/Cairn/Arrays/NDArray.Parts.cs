using System.Collections;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

// Parts of an array, and its numbers in other types.
public sealed partial class NDArray
{
    /// <summary>
    /// A part of the array, as a copy: <c>a[..10]</c>, <c>a[^5..]</c>, <c>a[.., 0]</c>, <c>a[2..4, .., ^1]</c>, as in NumPy.
    /// </summary>
    /// <param name="slices">
    /// A range or an index for each axis, from the first on; the remaining axes are taken whole. An index removes its axis. Ranges are
    /// clipped to the axis, as in NumPy. See <see cref="Slice"/> for steps, new axes and an ellipsis.
    /// </param>
    /// <exception cref="ArgumentException">There are more slices than axes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is beyond the end of its axis.</exception>
    public NDArray this[params ReadOnlySpan<Slice> slices]
    {
        get
        {
            var plan = new SlicePlan(Shape, slices);
            if (text is not null)
            {
                string[] strings = new string[plan.Length];
                plan.Copy<string>([.. text.Texts], strings);
                return From(strings, plan.Shape);
            }

            Array source = array ?? StoredNumbers();
            return source.GetType().GetElementType() switch
            {
                var t when t == typeof(float) => Cut<float>(source, plan),
                var t when t == typeof(double) => Cut<double>(source, plan),
                var t when t == typeof(Half) => Cut<Half>(source, plan),
                var t when t == typeof(long) => Cut<long>(source, plan),
                var t when t == typeof(int) => Cut<int>(source, plan),
                var t when t == typeof(short) => Cut<short>(source, plan),
                var t when t == typeof(sbyte) => Cut<sbyte>(source, plan),
                var t when t == typeof(byte) => Cut<byte>(source, plan),
                _ => Cut<bool>(source, plan),
            };
        }
    }

    /// <summary>
    /// Returns the numbers in C order (last axis fastest) as a new array of another type; conversion to integers truncates.
    /// </summary>
    /// <typeparam name="T">float, double, Half, long, int, short, sbyte, byte or bool, which is true for numbers other than 0.</typeparam>
    /// <exception cref="InvalidOperationException">The array contains strings.</exception>
    /// <exception cref="NotSupportedException">The type is not one of these.</exception>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        if (text is not null)
        {
            throw HoldsText();
        }

        Array source = array ?? StoredNumbers();
        var result = new T[source.LongLength];
        if (source.GetType().GetElementType() == typeof(T))
        {
            SpanOf<T>(source).CopyTo(result);
        }
        else
        {
            NumberCast.To(source, result);
        }

        return result;
    }

    /// <summary>The numbers in C order, without a copy if they are stored as this type.</summary>
    /// <typeparam name="T">The type they are stored as, see <see cref="DType"/>.</typeparam>
    /// <remarks>Valid while the array exists and, if it was created from a tensor, while the tensor exists.</remarks>
    /// <exception cref="InvalidOperationException">They are stored as another type; <see cref="ToArray{T}"/> converts them.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged
    {
        if (text is null && array is not null && array.GetType().GetElementType() == typeof(T))
        {
            return SpanOf<T>(array);
        }

        if (tensor is not null && TensorMemory.IsReachable(tensor) && NumberCast.TypeOf<T>() == tensor.dtype)
        {
            return TensorMemory.SpanOf<T>(tensor);
        }

        throw new InvalidOperationException(
            $"The array contains {(IsText ? "text" : DType)}{(tensor is null ? "" : " in a tensor")}; it can't be accessed as "
            + $"{typeof(T).Name} without a copy. Use ToArray<{typeof(T).Name}>().");
    }

    /// <summary>The parts along the first axis: the rows of a matrix, the samples of data.</summary>
    /// <exception cref="InvalidOperationException">The array is a scalar.</exception>
    public IEnumerable<NDArray> Rows()
    {
        if (Shape.Rank == 0)
        {
            throw new InvalidOperationException("A scalar has no rows.");
        }

        return Each();

        IEnumerable<NDArray> Each()
        {
            for (int row = 0; row < Shape[0]; row++)
            {
                yield return this[(Slice)row];
            }
        }
    }

    /// <summary>Enumerates the numbers in C order (last axis fastest) as 32-bit floats; see <see cref="Rows"/> for parts.</summary>
    public IEnumerator<float> GetEnumerator() => ((IEnumerable<float>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static NDArray Cut<T>(Array source, SlicePlan plan)
        where T : unmanaged
    {
        var part = new T[plan.Length];
        plan.Copy(SpanOf<T>(source), part);
        return new NDArray(part, plan.Shape);
    }

    /// <summary>The numbers of the tensor as an array of their own type, or of floats where .NET has no such type.</summary>
    private Array StoredNumbers()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor plain = tensor!.detach().to(CPU).contiguous();
        return plain.dtype switch
        {
            ScalarType.Float64 => TensorMemory.SpanOf<double>(plain).ToArray(),
            ScalarType.Int64 => TensorMemory.SpanOf<long>(plain).ToArray(),
            ScalarType.Int32 => TensorMemory.SpanOf<int>(plain).ToArray(),
            ScalarType.Int16 => TensorMemory.SpanOf<short>(plain).ToArray(),
            ScalarType.Int8 => TensorMemory.SpanOf<sbyte>(plain).ToArray(),
            ScalarType.Byte => TensorMemory.SpanOf<byte>(plain).ToArray(),
            ScalarType.Bool => TensorMemory.SpanOf<bool>(plain).ToArray(),
            _ => TensorMemory.SpanOf<float>(plain.to(ScalarType.Float32)).ToArray(),
        };
    }
}
