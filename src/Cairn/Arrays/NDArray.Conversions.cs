namespace Cairn;

// A C# array of each type of number and each rank becomes an NDArray by itself.
public sealed partial class NDArray
{
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
    public static implicit operator NDArray(float[][] array) => FromJagged(array);

    /// <summary>Reads an array of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(double[] array) => From(array);

    /// <summary>Reads an array of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(double[,] array) => From(array);

    /// <summary>Reads an array of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(double[,,] array) => From(array);

    /// <summary>Reads an array of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(double[,,,] array) => From(array);

    /// <summary>Reads an array of rank 5.</summary>
    public static implicit operator NDArray(double[,,,,] array) => From(array);

    /// <summary>Copies rows of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(double[][] array) => FromJagged(array);

    /// <summary>Reads 16-bit floats of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(Half[] array) => From(array);

    /// <summary>Reads 16-bit floats of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(Half[,] array) => From(array);

    /// <summary>Reads 16-bit floats of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(Half[,,] array) => From(array);

    /// <summary>Reads 16-bit floats of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(Half[,,,] array) => From(array);

    /// <summary>Reads 16-bit floats of rank 5.</summary>
    public static implicit operator NDArray(Half[,,,,] array) => From(array);

    /// <summary>Copies rows of 16-bit floats of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(Half[][] array) => FromJagged(array);

    /// <summary>Reads whole numbers, usually class labels, of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(int[] array) => From(array);

    /// <summary>Reads whole numbers of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(int[,] array) => From(array);

    /// <summary>Reads whole numbers of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(int[,,] array) => From(array);

    /// <summary>Reads whole numbers of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(int[,,,] array) => From(array);

    /// <summary>Reads whole numbers of rank 5.</summary>
    public static implicit operator NDArray(int[,,,,] array) => From(array);

    /// <summary>Copies rows of whole numbers of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(int[][] array) => FromJagged(array);

    /// <summary>Reads whole numbers, usually class labels, of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(long[] array) => From(array);

    /// <summary>Reads whole numbers of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(long[,] array) => From(array);

    /// <summary>Reads whole numbers of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(long[,,] array) => From(array);

    /// <summary>Reads whole numbers of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(long[,,,] array) => From(array);

    /// <summary>Reads whole numbers of rank 5.</summary>
    public static implicit operator NDArray(long[,,,,] array) => From(array);

    /// <summary>Copies rows of whole numbers of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(long[][] array) => FromJagged(array);

    /// <summary>Reads 16-bit whole numbers of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(short[] array) => From(array);

    /// <summary>Reads 16-bit whole numbers of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(short[,] array) => From(array);

    /// <summary>Reads 16-bit whole numbers of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(short[,,] array) => From(array);

    /// <summary>Reads 16-bit whole numbers of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(short[,,,] array) => From(array);

    /// <summary>Reads 16-bit whole numbers of rank 5.</summary>
    public static implicit operator NDArray(short[,,,,] array) => From(array);

    /// <summary>Copies rows of 16-bit whole numbers of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(short[][] array) => FromJagged(array);

    /// <summary>Reads 8-bit whole numbers with a sign of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(sbyte[] array) => From(array);

    /// <summary>Reads 8-bit whole numbers with a sign of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(sbyte[,] array) => From(array);

    /// <summary>Reads 8-bit whole numbers with a sign of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(sbyte[,,] array) => From(array);

    /// <summary>Reads 8-bit whole numbers with a sign of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(sbyte[,,,] array) => From(array);

    /// <summary>Reads 8-bit whole numbers with a sign of rank 5.</summary>
    public static implicit operator NDArray(sbyte[,,,,] array) => From(array);

    /// <summary>Copies rows of 8-bit whole numbers with a sign of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(sbyte[][] array) => FromJagged(array);

    /// <summary>Reads bytes, usually pixels or labels, of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(byte[] array) => From(array);

    /// <summary>Reads bytes of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(byte[,] array) => From(array);

    /// <summary>Reads bytes of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(byte[,,] array) => From(array);

    /// <summary>Reads bytes of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(byte[,,,] array) => From(array);

    /// <summary>Reads bytes of rank 5.</summary>
    public static implicit operator NDArray(byte[,,,,] array) => From(array);

    /// <summary>Copies rows of bytes of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(byte[][] array) => FromJagged(array);

    /// <summary>Reads flags of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(bool[] array) => From(array);

    /// <summary>Reads flags of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(bool[,] array) => From(array);

    /// <summary>Reads flags of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(bool[,,] array) => From(array);

    /// <summary>Reads flags of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(bool[,,,] array) => From(array);

    /// <summary>Reads flags of rank 5.</summary>
    public static implicit operator NDArray(bool[,,,,] array) => From(array);

    /// <summary>Copies rows of flags of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(bool[][] array) => FromJagged(array);
}
