using System.Diagnostics.CodeAnalysis;

namespace Cairn;

// C# applies only one user-defined conversion, not two in a row, so all conversions to NDArray are repeated here.
public sealed partial class NDArrays
{
    /// <summary>Converts a single <see cref="NDArray"/>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(NDArray? array) => array is null ? null : new(array);

    /// <summary>Wraps a TorchSharp tensor, which the caller owns and must keep alive as long as this object.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(TorchSharp.torch.Tensor? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts an array of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(float[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts an array of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(float[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts an array of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(float[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts an array of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(float[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts an array of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(float[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts rows of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(float[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts an array of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(double[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts an array of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(double[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts an array of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(double[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts an array of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(double[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts an array of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(double[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts rows of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(double[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts 16-bit floats of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(Half[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts 16-bit floats of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(Half[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts 16-bit floats of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(Half[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts 16-bit floats of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(Half[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts 16-bit floats of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(Half[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts rows of 16-bit floats of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(Half[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts integers, usually class labels, of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(int[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts integers of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(int[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts integers of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(int[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts integers of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(int[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts integers of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(int[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts rows of integers of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(int[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts integers, usually class labels, of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(long[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts integers of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(long[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts integers of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(long[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts integers of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(long[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts integers of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(long[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts rows of integers of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(long[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts 16-bit integers of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(short[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts 16-bit integers of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(short[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts 16-bit integers of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(short[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts 16-bit integers of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(short[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts 16-bit integers of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(short[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts rows of 16-bit integers of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(short[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts signed 8-bit integers of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(sbyte[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts signed 8-bit integers of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(sbyte[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts signed 8-bit integers of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(sbyte[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts signed 8-bit integers of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(sbyte[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts signed 8-bit integers of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(sbyte[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts rows of signed 8-bit integers of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(sbyte[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts bytes, usually pixels or labels, of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(byte[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts bytes of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(byte[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts bytes of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(byte[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts bytes of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(byte[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts bytes of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(byte[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts rows of bytes of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(byte[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts Boolean values of shape <c>[samples]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(bool[]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts Boolean values of shape <c>[samples, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(bool[,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts Boolean values of shape <c>[samples, steps, features]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(bool[,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts Boolean values of shape <c>[samples, height, width, channels]</c>.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(bool[,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts Boolean values of rank 5.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(bool[,,,,]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts rows of Boolean values of equal length.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator NDArrays?(bool[][]? array) => array is null ? null : new((NDArray)array);

    /// <summary>Converts numbers in C order and their shape.</summary>
    public static implicit operator NDArrays((Memory<float> Data, Shape Shape) array) => new((NDArray)array);

    /// <summary>Converts numbers in C order and their shape.</summary>
    public static implicit operator NDArrays((float[] Data, Shape Shape) array) => new((NDArray)array);
}
