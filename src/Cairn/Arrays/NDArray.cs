using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>
/// A multidimensional array of numbers: the input of <c>Fit</c>, the output of <c>Predict</c> and <c>GetWeights</c>. Converts implicitly
/// from C# arrays of one to five dimensions, jagged arrays, TorchSharp tensors, and arrays of strings (see <see cref="IsText"/>).
/// </summary>
/// <remarks>
/// The equivalent of what Keras' documentation calls "array-like". Creating one does not copy the data: it reads the array or tensor it was
/// created from. Floating-point numbers of any width are used as float32, integers as int64.
/// </remarks>
public sealed partial class NDArray : IEnumerable<float>
{
    // Below, copying costs less than pinning.
    private const long LeastShared = 1 << 18;

    private readonly Array? array;
    private readonly Tensor? tensor;

    private NDArray(Array array, Shape shape)
    {
        if (shape.ElementCount != array.LongLength)
        {
            throw new ArgumentException($"{array.LongLength} numbers do not match the shape {shape}, which "
                + $"has {shape.ElementCount} elements.", nameof(shape));
        }

        this.array = array;
        Shape = shape;
        DType = ElementTypeOf(array);
    }

    private NDArray(Tensor tensor)
    {
        this.tensor = tensor;
        Shape = tensor.shape;
        DType = tensor.dtype;
    }

    /// <summary>The sizes of the axes; for training data, the first axis is the samples.</summary>
    public Shape Shape { get; }

    /// <summary>The element type; int64 for strings, since tensors store them as IDs.</summary>
    public ScalarType DType { get; }

    /// <summary>The number of elements.</summary>
    public long Length => Shape.ElementCount;

    /// <summary>The tensor this was created from, or null if it was created from an array.</summary>
    internal Tensor? SourceTensor => tensor;

    /// <summary>The array this was created from, or null if it was created from a tensor.</summary>
    internal Array? SourceArray => array;

    /// <summary>Returns the numbers in C order (last axis fastest) as a new array of 32-bit floats.</summary>
    public float[] ToArray()
    {
        if (text is not null)
        {
            throw HoldsText();
        }

        if (array is not null)
        {
            float[] result = new float[array.LongLength];
            CopyTo(result);
            return result;
        }

        using DisposeScope scope = NewDisposeScope();
        using (no_grad())
        {
            Tensor plain = tensor!.detach().to(CPU).to(ScalarType.Float32).contiguous();
            return TensorMemory.SpanOf<float>(plain).ToArray();
        }
    }

    /// <summary>Returns the numbers of an array of rank 2 as <c>[rows, columns]</c>.</summary>
    /// <exception cref="InvalidOperationException">The rank is not 2.</exception>
    public float[,] ToArray2D()
    {
        if (Shape.Rank != 2)
        {
            throw new InvalidOperationException($"Only an array of rank 2 can be converted to float[,]; this one has the shape {Shape}.");
        }

        float[,] result = new float[Shape[0], Shape[1]];
        float[] flat = ToArray();
        flat.CopyTo(SpanOf<float>(result));
        return result;
    }

    /// <summary>The element at an index along each axis.</summary>
    /// <exception cref="ArgumentException">There is not one index for each axis. <c>a[0, ..]</c> is the first row.</exception>
    [OverloadResolutionPriority(1)]
    public double this[params ReadOnlySpan<long> index]
    {
        get
        {
            if (text is not null)
            {
                throw HoldsText();
            }

            if (index.Length != Shape.Rank)
            {
                throw new ArgumentException($"An element of an array of shape {Shape} needs {Shape.Rank} indices; got {index.Length}. "
                    + "For a part of the array, use a range, such as a[0, ..] for the first row.", nameof(index));
            }

            long position = 0;
            for (int axis = 0; axis < index.Length; axis++)
            {
                if (index[axis] < 0 || index[axis] >= Shape[axis])
                {
                    throw new ArgumentOutOfRangeException(
                        nameof(index), index[axis], $"The index of axis {axis} is out of range for shape {Shape}.");
                }

                position = (position * Shape[axis]) + index[axis];
            }

            if (array is float[] floats)
            {
                return floats[position];
            }

            using Tensor flat = ToTensor().reshape(-1);
            return flat[position].to(ScalarType.Float64).item<double>();
        }
    }

    /// <summary>Returns a tensor of these numbers on the CPU, float32 or int64 (bool stays bool). The caller owns it.</summary>
    public Tensor ToTensor()
    {
        LibTorch.EnsureLoaded();
        if (text is not null)
        {
            return TextNumbers();
        }

        if (tensor is not null)
        {
            using IDisposable _ = no_grad();
            ScalarType type = tensor.is_floating_point() ? ScalarType.Float32 : tensor.dtype == ScalarType.Bool ? ScalarType.Bool
                : ScalarType.Int64;
            Tensor copy = tensor.detach().to(type);
            return copy.contiguous();
        }

        switch (DType)
        {
            case ScalarType.Float32: return Filled<float>(ScalarType.Float32);
            case ScalarType.Int64: return Filled<long>(ScalarType.Int64);
            case ScalarType.Bool: return Filled<bool>(ScalarType.Bool);
            case ScalarType.Float64 or ScalarType.Float16:
                Tensor wide = empty(Shape.ToArray(), ScalarType.Float32);
                CopyTo(TensorMemory.SpanOf<float>(wide));
                return wide;
            default:
                Tensor whole = empty(Shape.ToArray(), ScalarType.Int64);
                CopyIntegers(TensorMemory.SpanOf<long>(whole));
                return whole;
        }
    }

    /// <summary>Whether the elements are 32-bit floats in C order in the memory of an array or of a tensor on the CPU.</summary>
    internal bool IsPlain => DType == ScalarType.Float32 && text is null
        && (array is not null || (tensor!.dtype == ScalarType.Float32 && TensorMemory.IsReachable(tensor)));

    /// <summary>Whether the elements take less memory than the floats that a model computes with, such as the bytes of images.</summary>
    internal bool IsNarrow => DType is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Bool;

    /// <summary>A tensor with these elements on the CPU, in the type in which they are stored. The caller owns it.</summary>
    internal Tensor ToNarrowTensor()
    {
        LibTorch.EnsureLoaded();
        if (tensor is not null)
        {
            using IDisposable _ = no_grad();
            return tensor.detach().contiguous();
        }

        return DType switch
        {
            ScalarType.Byte => Filled<byte>(DType),
            ScalarType.Int8 => Filled<sbyte>(DType),
            ScalarType.Int16 => Filled<short>(DType),
            _ => Filled<bool>(DType),
        };
    }

    /// <summary>
    /// A tensor on the memory of the array, if that is large and has the type in which it is used: copying it would take longer than
    /// everything else before the first step, and twice the memory. The array is pinned until the tensor is freed.
    /// </summary>
    /// <returns>The tensor, which must not be written to; null if the numbers have to be copied.</returns>
    internal Tensor? ToSharedTensor()
    {
        if (!IsSharedAsTensor)
        {
            return null;
        }

        LibTorch.EnsureLoaded();
        return frombuffer(array!, DType).reshape(Shape.ToArray());
    }

    /// <summary>Whether <see cref="ToSharedTensor"/> returns a tensor.</summary>
    internal bool IsSharedAsTensor => array is not null && text is null && Shape.ElementCount >= LeastShared
        && DType is (ScalarType.Float32 or ScalarType.Int64 or ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16);

    /// <summary>Formats the shape and type, such as <c>NDArray(1797, 64) Float32</c>.</summary>
    public override string ToString() => $"NDArray{Shape} {(IsText ? "text" : DType.ToString())}";

    private Tensor Filled<T>(ScalarType type)
        where T : unmanaged
    {
        Tensor result = empty(Shape.ToArray(), type);
        SpanOf<T>(array!).CopyTo(TensorMemory.SpanOf<T>(result));
        return result;
    }

    private void CopyTo(Span<float> destination)
    {
        switch (DType)
        {
            case ScalarType.Float32: SpanOf<float>(array!).CopyTo(destination); break;
            case ScalarType.Float64: Convert<double, float>(destination); break;
            case ScalarType.Float16: Convert<Half, float>(destination); break;
            case ScalarType.Int64: Convert<long, float>(destination); break;
            case ScalarType.Int32: Convert<int, float>(destination); break;
            case ScalarType.Int16: Convert<short, float>(destination); break;
            case ScalarType.Int8: Convert<sbyte, float>(destination); break;
            case ScalarType.Byte: Convert<byte, float>(destination); break;
            case ScalarType.Bool:
                ReadOnlySpan<bool> flags = SpanOf<bool>(array!);
                for (int i = 0; i < flags.Length; i++)
                {
                    destination[i] = flags[i] ? 1 : 0;
                }

                break;
            default: throw new NotSupportedException($"Values of type {DType} can't be converted to 32-bit floats.");
        }
    }

    private void CopyIntegers(Span<long> destination)
    {
        switch (DType)
        {
            case ScalarType.Int32: Convert<int, long>(destination); break;
            case ScalarType.Int16: Convert<short, long>(destination); break;
            case ScalarType.Int8: Convert<sbyte, long>(destination); break;
            case ScalarType.Byte: Convert<byte, long>(destination); break;
            default: throw new NotSupportedException($"Values of type {DType} can't be converted to 64-bit integers.");
        }
    }

    private void Convert<TFrom, TTo>(Span<TTo> destination)
        where TFrom : unmanaged, System.Numerics.INumber<TFrom>
        where TTo : unmanaged, System.Numerics.INumber<TTo> =>
        ConvertAll<TFrom, TTo>(SpanOf<TFrom>(array!), destination);

    private static void ConvertAll<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> destination)
        where TFrom : unmanaged, System.Numerics.INumber<TFrom>
        where TTo : unmanaged, System.Numerics.INumber<TTo>
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = TTo.CreateTruncating(source[i]);
        }
    }

    private static Span<T> SpanOf<T>(Array array)
        where T : unmanaged =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), checked((int)array.LongLength));

    private static ScalarType ElementTypeOf(Array array) => array.GetType().GetElementType() switch
    {
        var t when t == typeof(float) => ScalarType.Float32,
        var t when t == typeof(double) => ScalarType.Float64,
        var t when t == typeof(Half) => ScalarType.Float16,
        var t when t == typeof(long) => ScalarType.Int64,
        var t when t == typeof(int) => ScalarType.Int32,
        var t when t == typeof(short) => ScalarType.Int16,
        var t when t == typeof(sbyte) => ScalarType.Int8,
        var t when t == typeof(byte) => ScalarType.Byte,
        var t when t == typeof(bool) => ScalarType.Bool,
        var t => throw new ArgumentException(
            $"Arrays of {t?.Name} are not supported; supported element types are float, double, Half, long, int, short, sbyte, "
                + "byte and bool."),
    };
}
