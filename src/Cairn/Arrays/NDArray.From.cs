using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Cairn;

public sealed partial class NDArray
{
    /// <summary>Creates an array from a C# array of any rank (not a jagged one) whose elements are numbers, bool or strings.</summary>
    /// <exception cref="ArgumentException">The element type is not supported.</exception>
    public static NDArray From(Array array)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (array.GetType().GetElementType()!.IsArray)
        {
            return FromRows(array);
        }

        long[] sizes = new long[array.Rank];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            sizes[axis] = array.GetLongLength(axis);
        }

        return array.GetType().GetElementType() == typeof(string) ? FromText(array, sizes) : new NDArray(array, sizes);
    }

    /// <summary>Creates an array of the given shape from numbers in C order (last axis fastest).</summary>
    /// <param name="data">The numbers; not copied if they are a whole array.</param>
    /// <param name="shape">The sizes of the axes; their product is the number of elements.</param>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public static NDArray From(ReadOnlyMemory<float> data, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        bool whole = MemoryMarshal.TryGetArray(data, out ArraySegment<float> segment) && segment.Offset == 0
            && segment.Count == segment.Array!.Length;
        return new NDArray(whole ? segment.Array! : data.ToArray(), shape);
    }

    /// <summary>Creates an array of the given shape from a flat array of numbers in C order.</summary>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public static NDArray From(float[] data, Shape shape) => From((Array)data, shape);

    /// <summary>Creates an array of the given shape from a flat array of numbers in C order.</summary>
    /// <exception cref="ArgumentException">The number of elements differs, or the elements are not numbers.</exception>
    public static NDArray From(Array data, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(shape);
        return data.GetType().GetElementType() == typeof(string) ? FromText(data, shape) : new NDArray(data, shape);
    }

    /// <summary>Wraps a TorchSharp tensor, which the caller owns and must keep alive as long as this array.</summary>
    public static implicit operator NDArray(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return new NDArray(tensor);
    }

    /// <summary>Converts numbers in C order and their shape.</summary>
    public static implicit operator NDArray((Memory<float> Data, Shape Shape) source) => From(source.Data, source.Shape);

    /// <summary>Converts numbers in C order and their shape.</summary>
    public static implicit operator NDArray((float[] Data, Shape Shape) source) => From(source.Data.AsMemory(), source.Shape);

    // By exact type: at run time, a pattern such as byte[][] also matches sbyte[][].
    private static NDArray FromRows(Array rows) => rows switch
    {
        _ when rows.GetType() == typeof(float[][]) => FromJagged((float[][])rows),
        _ when rows.GetType() == typeof(double[][]) => FromJagged((double[][])rows),
        _ when rows.GetType() == typeof(Half[][]) => FromJagged((Half[][])rows),
        _ when rows.GetType() == typeof(long[][]) => FromJagged((long[][])rows),
        _ when rows.GetType() == typeof(int[][]) => FromJagged((int[][])rows),
        _ when rows.GetType() == typeof(short[][]) => FromJagged((short[][])rows),
        _ when rows.GetType() == typeof(sbyte[][]) => FromJagged((sbyte[][])rows),
        _ when rows.GetType() == typeof(byte[][]) => FromJagged((byte[][])rows),
        _ when rows.GetType() == typeof(bool[][]) => FromJagged((bool[][])rows),
        _ => throw new ArgumentException(
            $"Arrays of type {rows.GetType().Name} are not supported: jagged arrays must have two levels (rows of numbers); use a "
                + "multidimensional array or a tensor instead.",
            nameof(rows)),
    };

    private static NDArray FromJagged<T>(T[][] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int columns = rows.Length == 0 ? 0 : rows[0]?.Length ?? 0;
        var flat = new T[checked(rows.Length * columns)];
        for (int row = 0; row < rows.Length; row++)
        {
            T[] source = rows[row] ?? throw new ArgumentException($"Row {row} of the jagged array is null.", nameof(rows));
            if (source.Length != columns)
            {
                throw new ArgumentException($"Rows must be of equal length: row 0 has {columns} numbers, row {row} has {source.Length}.",
                    nameof(rows));
            }

            source.CopyTo(flat, row * columns);
        }

        return new NDArray(flat, [rows.Length, columns]);
    }
}
