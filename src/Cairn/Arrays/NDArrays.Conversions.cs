using System.Diagnostics.CodeAnalysis;

namespace Cairn;

// C# applies one conversion of a user's type, not two in a row: what becomes an NDArray must be listed here again.
public sealed partial class NDArrays
{
    /// <summary>Holds an array of any kind.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(NDArray? array) => array is null ? null : new(array);

    /// <summary>Holds a TorchSharp tensor, which stays the caller's and must live as long as this does.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(TorchSharp.torch.Tensor? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds an array of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(float[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds an array of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(float[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds an array of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(float[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds an array of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(float[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds an array of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(float[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds rows of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(float[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds an array of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(double[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds an array of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(double[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds an array of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(double[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds an array of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(double[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds an array of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(double[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds rows of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(double[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds 16-bit floats of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(Half[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds 16-bit floats of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(Half[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds 16-bit floats of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(Half[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds 16-bit floats of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(Half[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds 16-bit floats of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(Half[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds rows of 16-bit floats of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(Half[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds whole numbers, usually class labels, of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(int[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds whole numbers of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(int[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds whole numbers of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(int[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds whole numbers of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(int[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds whole numbers of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(int[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds rows of whole numbers of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(int[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds whole numbers, usually class labels, of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(long[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds whole numbers of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(long[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds whole numbers of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(long[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds whole numbers of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(long[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds whole numbers of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(long[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds rows of whole numbers of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(long[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds 16-bit whole numbers of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(short[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds 16-bit whole numbers of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(short[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds 16-bit whole numbers of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(short[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds 16-bit whole numbers of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(short[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds 16-bit whole numbers of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(short[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds rows of 16-bit whole numbers of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(short[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds 8-bit whole numbers with a sign of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(sbyte[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds 8-bit whole numbers with a sign of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(sbyte[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds 8-bit whole numbers with a sign of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(sbyte[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds 8-bit whole numbers with a sign of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(sbyte[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds 8-bit whole numbers with a sign of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(sbyte[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds rows of 8-bit whole numbers with a sign of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(sbyte[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds bytes, usually pixels or labels, of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(byte[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds bytes of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(byte[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds bytes of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(byte[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds bytes of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(byte[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds bytes of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(byte[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds rows of bytes of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(byte[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds flags of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(bool[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds flags of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(bool[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds flags of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(bool[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds flags of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(bool[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds flags of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(bool[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds rows of flags of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(bool[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Holds numbers in C order with their shape.</summary>
    public static implicit operator NDArrays((Memory<float> Data, Shape Shape) array) => new((NDArray)array);

    /// <summary>Holds numbers in C order with their shape.</summary>
    public static implicit operator NDArrays((float[] Data, Shape Shape) array) => new((NDArray)array);
}
