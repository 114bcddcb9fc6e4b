using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Cairn;

public sealed partial class NDArray
{
    /// <summary>Reads a C# array of any rank (not a jagged one) whose elements are numbers or bool.</summary>
    /// <exception cref="ArgumentException">The elements are of another type.</exception>
    public static NDArray From(Array array)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (array.GetType().GetElementType()!.IsArray)
        {
            return FromJagged(array);
        }

        long[] sizes = new long[array.Rank];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            sizes[axis] = array.GetLongLength(axis);
        }

        return new NDArray(array, sizes);
    }

    /// <summary>Reads numbers that lie in C order (last axis fastest) as an array of the given shape.</summary>
    /// <param name="data">The numbers; not copied where they are a whole array.</param>
    /// <param name="shape">The sizes of the axes; their product is the number of elements.</param>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public static NDArray From(ReadOnlyMemory<float> data, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        bool whole = MemoryMarshal.TryGetArray(data, out ArraySegment<float> segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length;
        return new NDArray(whole ? segment.Array! : data.ToArray(), shape);
    }

    /// <summary>Reads numbers that lie in C order in a flat array as an array of the given shape.</summary>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public static NDArray From(float[] data, Shape shape) => From((Array)data, shape);

    /// <summary>Reads numbers that lie in C order in a flat array as an array of the given shape.</summary>
    /// <exception cref="ArgumentException">The number of elements differs, or they are not numbers.</exception>
    public static NDArray From(Array data, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(shape);
        return new NDArray(data, shape);
    }

    /// <summary>Reads a TorchSharp tensor, which stays the caller's and must live as long as this does.</summary>
    public static implicit operator NDArray(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return new NDArray(tensor);
    }

    /// <summary>Reads an array of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(float[] array) => From(array);

    /// <summary>Reads an array of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(float[,] array) => From(array);

    /// <summary>Reads an array of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(float[,,] array) => From(array);

    /// <summary>Reads an array of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(float[,,,] array) => From(array);

    /// <summary>Reads an array of rank 5.</summary>
    public static implicit operator NDArray(float[,,,,] array) => From(array);

    /// <summary>Copies rows of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(float[][] rows) => FromJagged(rows);

    /// <summary>Reads an array of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(double[] array) => From(array);

    /// <summary>Reads an array of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(double[,] array) => From(array);

    /// <summary>Reads an array of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(double[,,] array) => From(array);

    /// <summary>Reads an array of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(double[,,,] array) => From(array);

    /// <summary>Copies rows of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(double[][] rows) => FromJagged(rows);

    /// <summary>Reads whole numbers, usually class labels, of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(int[] array) => From(array);

    /// <summary>Reads whole numbers of shape <c>[samples, columns]</c>.</summary>
    public static implicit operator NDArray(int[,] array) => From(array);

    /// <summary>Copies rows of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(int[][] rows) => FromJagged(rows);

    /// <summary>Reads whole numbers, usually class labels, of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(long[] array) => From(array);

    /// <summary>Reads whole numbers of shape <c>[samples, columns]</c>.</summary>
    public static implicit operator NDArray(long[,] array) => From(array);

    /// <summary>Reads bytes, usually pixels or labels, of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(byte[] array) => From(array);

    /// <summary>Reads bytes of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(byte[,] array) => From(array);

    /// <summary>Reads bytes of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(byte[,,,] array) => From(array);

    /// <summary>Reads flags of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(bool[] array) => From(array);

    /// <summary>Reads numbers in C order with their shape.</summary>
    public static implicit operator NDArray((Memory<float> Data, Shape Shape) source) => From(source.Data, source.Shape);

    /// <summary>Reads numbers in C order with their shape.</summary>
    public static implicit operator NDArray((float[] Data, Shape Shape) source) => From(source.Data.AsMemory(), source.Shape);

    private static NDArray FromJagged(Array rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Type element = rows.GetType().GetElementType()!.GetElementType()!;
        if (element.IsArray)
        {
            throw new ArgumentException("Jagged arrays may be two levels deep (rows of numbers); use a float[,,] or a tensor for more axes.", nameof(rows));
        }

        int columns = rows.Length == 0 ? 0 : ((Array?)rows.GetValue(0))?.Length ?? 0;
        var flat = Array.CreateInstance(element, checked(rows.Length * columns));
        for (int row = 0; row < rows.Length; row++)
        {
            Array source = (Array?)rows.GetValue(row)
                ?? throw new ArgumentException($"Row {row} of the jagged array is null.", nameof(rows));
            if (source.Length != columns)
            {
                throw new ArgumentException($"Rows must be of equal length: row 0 has {columns} numbers, row {row} has {source.Length}.", nameof(rows));
            }

            Array.Copy(source, 0, flat, row * columns, columns);
        }

        return new NDArray(flat, [rows.Length, columns]);
    }
}
