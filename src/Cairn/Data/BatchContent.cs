using System.IO.Hashing;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>A checksum of a batch, with which several processes find out whether all of them have read the same.</summary>
internal static class BatchContent
{
    // As many bits as a 32-bit float stores exactly.
    private const uint Bits = (1 << 24) - 1;

    // String handles start here; they differ between processes.
    private const long FirstOfStrings = 1L << 62;

    /// <summary>The checksum, below 2^24; strings and tensors on other devices do not count.</summary>
    public static uint HashOf(Batch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        var hash = new XxHash3();
        foreach (Tensor tensor in batch.Inputs.Concat(batch.Targets).Concat(batch.Weights.OfType<Tensor>()))
        {
            Tensor near = tensor.is_contiguous() ? tensor : tensor.contiguous();
            if (near.device_type == DeviceType.CPU && !IsOfStrings(near))
            {
                TensorMemory.AppendTo(hash, near);
            }
        }

        return (uint)hash.GetCurrentHashAsUInt64() & Bits;
    }

    /// <summary>Whether a tensor on the CPU holds strings, as handles of this process.</summary>
    public static unsafe bool IsOfStrings(Tensor tensor) =>
        tensor.dtype == ScalarType.Int64 && tensor.NumberOfElements > 0 && *(long*)TensorMemory.PointerTo(tensor) >= FirstOfStrings;
}
