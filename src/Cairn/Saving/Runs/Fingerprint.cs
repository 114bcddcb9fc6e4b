using System.IO.Hashing;
using System.Runtime.InteropServices;
using Cairn.Data;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Saving.Runs;

/// <summary>Checksums that distinguish the data and weights of different runs: the first half of an XXH128 hash, in hexadecimal.</summary>
internal static class Fingerprint
{
    /// <summary>The name of the checksum of the training data.</summary>
    public const string Training = "numbers";

    /// <summary>The name of the checksum of the validation data.</summary>
    public const string Validation = "validation numbers";

    private const int Characters = 16;

    // Data up to this size is hashed completely; of larger data, this many evenly spaced pieces.
    private const long WholeBytes = 256 << 20;
    private const int Pieces = 4096;
    private const int PieceBytes = 64 << 10;

    /// <summary>The checksum of data in memory; null for streamed data, strings, and data on another device.</summary>
    /// <param name="data">The data.</param>
    /// <param name="weights">Whether to include the sample weights.</param>
    public static string? Of(BatchSource? data, bool weights)
    {
        if (data is not TensorDataset arrays)
        {
            return null;
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        var hash = new XxHash128();
        foreach (Tensor tensor in arrays.Inputs.Concat(arrays.Targets).Concat(weights ? arrays.Weights.OfType<Tensor>() : []))
        {
            Tensor near = tensor.is_contiguous() ? tensor : tensor.contiguous();
            if (near.device_type != DeviceType.CPU || BatchContent.IsOfStrings(near))
            {
                return null;
            }

            Append(hash, BytesOf(near));
        }

        return Text(hash);
    }

    /// <summary>The checksum of a model's weights and of its optimizer's variables and step count.</summary>
    public static string Of(Model model)
    {
        using DisposeScope scope = NewDisposeScope();
        var hash = new XxHash128();
        foreach (Variable variable in model.Weights.Concat(model.Optimizer!.SlotVariables))
        {
            using IDisposable _ = no_grad();
            Append(hash, BytesOf(variable.Value.detach().to(CPU).contiguous()));
        }

        long steps = model.Optimizer!.Steps;
        hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in steps)));
        return Text(hash);
    }

    private static unsafe BytesOfTensor BytesOf(Tensor tensor) =>
        new((nint)TensorMemory.PointerTo(tensor), tensor.NumberOfElements * tensor.ElementSize);

    private static unsafe void Append(XxHash128 hash, BytesOfTensor bytes)
    {
        long step = bytes.Count <= WholeBytes ? PieceBytes : Math.Max(PieceBytes, bytes.Count / Pieces);
        for (long at = 0; at < bytes.Count; at += step)
        {
            hash.Append(new ReadOnlySpan<byte>((byte*)bytes.First + at, (int)Math.Min(PieceBytes, bytes.Count - at)));
        }
    }

    private static string Text(XxHash128 hash) => Convert.ToHexStringLower(hash.GetCurrentHash())[..Characters];

    private readonly record struct BytesOfTensor(nint First, long Count);
}
