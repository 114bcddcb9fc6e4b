namespace Cairn;

// C# arrays of each numeric type and rank convert implicitly to NDArray.
public sealed partial class NDArray
{
    /// <summary>Converts an array of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(float[] array) => From(array);

    /// <summary>Converts an array of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(float[,] array) => From(array);

    /// <summary>Converts an array of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(float[,,] array) => From(array);

    /// <summary>Converts an array of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(float[,,,] array) => From(array);

    /// <summary>Converts an array of rank 5.</summary>
    public static implicit operator NDArray(float[,,,,] array) => From(array);

    /// <summary>Copies rows of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(float[][] array) => FromJagged(array);

    /// <summary>Converts an array of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(double[] array) => From(array);

    /// <summary>Converts an array of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(double[,] array) => From(array);

    /// <summary>Converts an array of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(double[,,] array) => From(array);

    /// <summary>Converts an array of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(double[,,,] array) => From(array);

    /// <summary>Converts an array of rank 5.</summary>
    public static implicit operator NDArray(double[,,,,] array) => From(array);

    /// <summary>Copies rows of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(double[][] array) => FromJagged(array);

    /// <summary>Converts 16-bit floats of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(Half[] array) => From(array);

    /// <summary>Converts 16-bit floats of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(Half[,] array) => From(array);

    /// <summary>Converts 16-bit floats of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(Half[,,] array) => From(array);

    /// <summary>Converts 16-bit floats of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(Half[,,,] array) => From(array);

    /// <summary>Converts 16-bit floats of rank 5.</summary>
    public static implicit operator NDArray(Half[,,,,] array) => From(array);

    /// <summary>Copies rows of 16-bit floats of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(Half[][] array) => FromJagged(array);

    /// <summary>Converts integers, usually class labels, of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(int[] array) => From(array);

    /// <summary>Converts integers of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(int[,] array) => From(array);

    /// <summary>Converts integers of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(int[,,] array) => From(array);

    /// <summary>Converts integers of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(int[,,,] array) => From(array);

    /// <summary>Converts integers of rank 5.</summary>
    public static implicit operator NDArray(int[,,,,] array) => From(array);

    /// <summary>Copies rows of integers of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(int[][] array) => FromJagged(array);

    /// <summary>Converts integers, usually class labels, of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(long[] array) => From(array);

    /// <summary>Converts integers of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(long[,] array) => From(array);

    /// <summary>Converts integers of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(long[,,] array) => From(array);

    /// <summary>Converts integers of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(long[,,,] array) => From(array);

    /// <summary>Converts integers of rank 5.</summary>
    public static implicit operator NDArray(long[,,,,] array) => From(array);

    /// <summary>Copies rows of integers of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(long[][] array) => FromJagged(array);

    /// <summary>Converts 16-bit integers of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(short[] array) => From(array);

    /// <summary>Converts 16-bit integers of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(short[,] array) => From(array);

    /// <summary>Converts 16-bit integers of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(short[,,] array) => From(array);

    /// <summary>Converts 16-bit integers of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(short[,,,] array) => From(array);

    /// <summary>Converts 16-bit integers of rank 5.</summary>
    public static implicit operator NDArray(short[,,,,] array) => From(array);

    /// <summary>Copies rows of 16-bit integers of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(short[][] array) => FromJagged(array);

    /// <summary>Converts signed 8-bit integers of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(sbyte[] array) => From(array);

    /// <summary>Converts signed 8-bit integers of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(sbyte[,] array) => From(array);

    /// <summary>Converts signed 8-bit integers of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(sbyte[,,] array) => From(array);

    /// <summary>Converts signed 8-bit integers of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(sbyte[,,,] array) => From(array);

    /// <summary>Converts signed 8-bit integers of rank 5.</summary>
    public static implicit operator NDArray(sbyte[,,,,] array) => From(array);

    /// <summary>Copies rows of signed 8-bit integers of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(sbyte[][] array) => FromJagged(array);

    /// <summary>Converts bytes, usually pixels or labels, of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(byte[] array) => From(array);

    /// <summary>Converts bytes of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(byte[,] array) => From(array);

    /// <summary>Converts bytes of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(byte[,,] array) => From(array);

    /// <summary>Converts bytes of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(byte[,,,] array) => From(array);

    /// <summary>Converts bytes of rank 5.</summary>
    public static implicit operator NDArray(byte[,,,,] array) => From(array);

    /// <summary>Copies rows of bytes of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(byte[][] array) => FromJagged(array);

    /// <summary>Converts Boolean values of shape <c>[samples]</c>.</summary>
    public static implicit operator NDArray(bool[] array) => From(array);

    /// <summary>Converts Boolean values of shape <c>[samples, features]</c>.</summary>
    public static implicit operator NDArray(bool[,] array) => From(array);

    /// <summary>Converts Boolean values of shape <c>[samples, steps, features]</c>.</summary>
    public static implicit operator NDArray(bool[,,] array) => From(array);

    /// <summary>Converts Boolean values of shape <c>[samples, height, width, channels]</c>.</summary>
    public static implicit operator NDArray(bool[,,,] array) => From(array);

    /// <summary>Converts Boolean values of rank 5.</summary>
    public static implicit operator NDArray(bool[,,,,] array) => From(array);

    /// <summary>Copies rows of Boolean values of equal length into an array of shape <c>[rows, columns]</c>.</summary>
    public static implicit operator NDArray(bool[][] array) => FromJagged(array);
}
