using System.Runtime.InteropServices;
using Cairn.Callbacks;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Saving;

/// <summary>Converts arrays of any element type to file data and back, bit for bit.</summary>
internal static class ArrayData
{
    /// <summary>The array as named file data; its memory is borrowed if possible.</summary>
    public static WeightData Of(string name, NDArray array)
    {
        long[] shape = array.Shape.ToArray();
        return array.SourceArray switch
        {
            null => OfTensor(name, array.SourceTensor!),
            float[] numbers => Of(name, shape, numbers),
            double[] numbers => Of(name, shape, numbers),
            { } other => new WeightData(name, shape, TypeOf(array.DType), BytesOf(other, WeightType.SizeOf(TypeOf(array.DType)))),
        };
    }

    /// <summary>A C# array with the same values, of the stored element type.</summary>
    public static NDArray ToNDArray(WeightData data) => NDArray.From(
        data.DType switch
        {
            WeightType.Float16 => data.AsSpan<Half>().ToArray(),
            WeightType.Float32 => data.AsSpan<float>().ToArray(),
            WeightType.Float64 => data.AsSpan<double>().ToArray(),
            WeightType.Int8 => data.AsSpan<sbyte>().ToArray(),
            WeightType.Int16 => data.AsSpan<short>().ToArray(),
            WeightType.Int32 => data.AsSpan<int>().ToArray(),
            WeightType.Int64 => data.AsSpan<long>().ToArray(),
            WeightType.UInt8 => data.AsSpan<byte>().ToArray(),
            WeightType.Bool => Array.ConvertAll(data.AsSpan<byte>().ToArray(), bit => bit != 0),
            _ => throw new ModelFormatException($"an array of {data.DType} is not expected here.", location: data.Name),
        },
        data.Shape);

    /// <summary>Replaces tensors by array copies, which do not change when the tensors are changed or disposed.</summary>
    public static void TakeFromTensors(SavedState? state)
    {
        if (state is null)
        {
            return;
        }

        foreach ((string name, NDArray array) in state.Arrays.ToArray())
        {
            if (array.SourceTensor is not null)
            {
                state.Arrays[name] = ToNDArray(Of(name, array));
            }
        }
    }

    private static WeightData Of<T>(string name, long[] shape, T[] numbers)
        where T : unmanaged =>
        new(name, shape, TypeOf(typeof(T) == typeof(float) ? ScalarType.Float32 : ScalarType.Float64), CastMemory<T, byte>.Of(numbers));

    private static unsafe WeightData OfTensor(string name, Tensor tensor)
    {
        using IDisposable _ = no_grad();
        Tensor plain = tensor.detach().to(CPU).contiguous();
        return WeightData.FromPointer(name, plain.shape, TypeOf(plain.dtype), (nint)TensorMemory.PointerTo(plain), plain);
    }

    private static byte[] BytesOf(Array array, int elementSize) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), checked((int)(array.LongLength * elementSize))).ToArray();

    private static string TypeOf(ScalarType type) => type switch
    {
        ScalarType.Float16 => WeightType.Float16,
        ScalarType.Float32 => WeightType.Float32,
        ScalarType.Float64 => WeightType.Float64,
        ScalarType.Int8 => WeightType.Int8,
        ScalarType.Int16 => WeightType.Int16,
        ScalarType.Int32 => WeightType.Int32,
        ScalarType.Int64 => WeightType.Int64,
        ScalarType.Byte => WeightType.UInt8,
        ScalarType.Bool => WeightType.Bool,
        _ => throw new NotSupportedException($"Numbers of type {type} can't be saved."),
    };
}
