using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace Cairn.Native;

/// <summary>Copies a tensor that will not be read soon: large ones with several threads, bypassing the caches.</summary>
/// <remarks>
/// An ordinary store first reads the cache line that it is about to overwrite, and libtorch's copy uses such stores. Without these reads, a
/// checkpoint of 100 MB blocks training no longer than libtorch's copy alone (<c>benchmarks -- checkpoints</c>), and the caches keep the
/// data of the next step.
/// </remarks>
internal static unsafe class SnapshotCopy
{
    /// <summary>Below this size the caches hold source and destination, and waking a second thread takes longer than it saves.</summary>
    private const long LargeBytes = 1 << 20;

    private const long PieceBytes = 4 << 20;
    private const int BlockBytes = 128;

    /// <summary>Copies all elements.</summary>
    /// <param name="from">Any tensor.</param>
    /// <param name="to">A tensor of the same type and shape.</param>
    public static void Copy(Tensor from, Tensor to)
    {
        long bytes = from.NumberOfElements * from.ElementSize;
        if (bytes < LargeBytes || !Vector256.IsHardwareAccelerated || !TensorMemory.IsReachable(from) || !TensorMemory.IsReachable(to))
        {
            to.copy_(from);
            return;
        }

        byte* source = (byte*)TensorMemory.PointerTo(from);
        byte* target = (byte*)TensorMemory.PointerTo(to);
        ParallelPieces.Run((int)((bytes + PieceBytes - 1) / PieceBytes), piece =>
        {
            long first = piece * PieceBytes;
            PastTheCaches(source + first, target + first, Math.Min(PieceBytes, bytes - first));
        });
    }

    private static void PastTheCaches(byte* source, byte* target, long count)
    {
        // Streaming stores need an aligned destination. libtorch's memory is aligned, but a slice of a tensor may not be.
        long done = Math.Min(count, -(nint)target & (Vector256<byte>.Count - 1));
        Buffer.MemoryCopy(source, target, done, done);
        for (; done <= count - BlockBytes; done += BlockBytes)
        {
            var a = Vector256.Load(source + done);
            var b = Vector256.Load(source + done + 32);
            var c = Vector256.Load(source + done + 64);
            var d = Vector256.Load(source + done + 96);
            a.StoreAlignedNonTemporal(target + done);
            b.StoreAlignedNonTemporal(target + done + 32);
            c.StoreAlignedNonTemporal(target + done + 64);
            d.StoreAlignedNonTemporal(target + done + 96);
        }

        Buffer.MemoryCopy(source + done, target + done, count - done, count - done);

        // Streaming stores are not ordered with the stores that signal completion to other threads.
        if (Sse.IsSupported)
        {
            Sse.StoreFence();
        }
    }
}
