using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Cairn.Native;

/// <summary>
/// Tensors over memory that libtorch does not own. TorchSharp creates them from arrays only; its native library has a function for any
/// memory.
/// </summary>
internal static unsafe partial class TensorOfMemory
{
    /// <summary>Creates a tensor over floats.</summary>
    /// <param name="first">The first; the memory must be there as long as the tensor.</param>
    /// <param name="shape">The shape.</param>
    public static Tensor At(float* first, long[] shape)
    {
        fixed (long* sizes = shape)
        {
            nint handle = New(
                first, &KeepMemory, sizes, shape.Length, (sbyte)ScalarType.Float32, (sbyte)ScalarType.Float32,
                (int)TorchSharp.DeviceType.CPU, deviceIndex: -1, requiresGrad: 0);
            return handle != 0 ? Tensor.UnsafeCreateTensor(handle) : throw new InvalidOperationException("libtorch created no tensor.");
        }
    }

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_new")]
    private static partial nint New(
        float* first, delegate* unmanaged[Cdecl]<void*, void> free, long* sizes, int dimensions, sbyte type, sbyte wanted, int device,
        int deviceIndex, byte requiresGrad);

    // Called when the tensor is freed.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void KeepMemory(void* first)
    {
    }
}
