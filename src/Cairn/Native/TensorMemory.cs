using System.IO.Hashing;
using static TorchSharp.torch;

namespace Cairn.Native;

/// <summary>The raw memory of a contiguous CPU tensor, for single passes that would take several libtorch operations.</summary>
internal static unsafe class TensorMemory
{
    // A tensor may be larger than a span.
    private const long LargestPiece = 1 << 30;

    /// <summary>Whether the elements of the tensor are contiguous in CPU memory.</summary>
    public static bool IsReachable(Tensor tensor) => tensor.device_type == TorchSharp.DeviceType.CPU && tensor.is_contiguous();

    /// <summary>The elements in C order. Valid while the tensor is alive; the caller must keep it alive.</summary>
    public static Span<T> SpanOf<T>(Tensor tensor)
        where T : unmanaged =>
        new(PointerTo(tensor), checked((int)tensor.NumberOfElements));

    /// <summary>Appends all bytes of a tensor of any size to a hash.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="tensor">A contiguous tensor on the CPU.</param>
    public static void AppendTo(NonCryptographicHashAlgorithm hash, Tensor tensor)
    {
        byte* first = (byte*)PointerTo(tensor);
        long bytes = tensor.NumberOfElements * tensor.ElementSize;
        for (long at = 0; at < bytes; at += LargestPiece)
        {
            hash.Append(new ReadOnlySpan<byte>(first + at, (int)Math.Min(LargestPiece, bytes - at)));
        }
    }

    /// <summary>The address of the first element, or null for an empty tensor.</summary>
    public static void* PointerTo(Tensor tensor)
    {
        long bytes = tensor.NumberOfElements * tensor.ElementSize;
        if (bytes == 0)
        {
            return null;
        }

        if (bytes <= int.MaxValue)
        {
            fixed (byte* first = tensor.bytes)
            {
                return first;
            }
        }

        // Tensor.bytes is a Span, limited to 2 GB; a larger tensor is accessed through its storage.
        Storage<byte> storage = tensor.storage<byte>();
        return (byte*)storage.data_ptr() + (tensor.storage_offset() * tensor.ElementSize);
    }
}
