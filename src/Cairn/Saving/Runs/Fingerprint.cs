using System.IO.Hashing;
using System.Runtime.InteropServices;
using Cairn.Data;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Saving.Runs;

/// <summary>Tells the numbers of one run from those of another, without keeping them: the first half of an XXH128 in hexadecimal.</summary>
internal static class Fingerprint
{
    /// <summary>The name of that of the training data.</summary>
    public const string Training = "numbers";

    /// <summary>The name of that of the validation data.</summary>
    public const string Validation = "validation numbers";

    private const int Characters = 16;

    // All bytes up to here; of more than that so many pieces, spread over all of them.
    private const long WholeBytes = 256 << 20;
    private const int Pieces = 4096;
    private const int PieceBytes = 64 << 10;

    // Numbers of strings, which are others in each process.
    private const long FirstOfStrings = 1L << 62;

    /// <summary>Of data in memory; null for data that come batch by batch, strings and what is on another device.</summary>
    /// <param name="data">The data.</param>
    /// <param name="weights">Whether the weights of the samples belong to them.</param>
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
            if (near.device_type != DeviceType.CPU || IsOfStrings(near))
            {
                return null;
            }

            Append(hash, BytesOf(near));
        }

        return Text(hash);
    }

    /// <summary>Of a model's weights, of what its optimizer keeps, and of how many steps that has made.</summary>
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

    private static unsafe bool IsOfStrings(Tensor tensor) =>
        tensor.dtype == ScalarType.Int64 && tensor.NumberOfElements > 0 && *(long*)TensorMemory.PointerTo(tensor) >= FirstOfStrings;

    private static string Text(XxHash128 hash) => Convert.ToHexStringLower(hash.GetCurrentHash())[..Characters];

    private readonly record struct BytesOfTensor(nint First, long Count);
}
