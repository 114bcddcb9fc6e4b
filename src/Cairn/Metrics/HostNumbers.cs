using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>Reads the values of a tensor into managed memory. Metrics synchronize with another device only here.</summary>
internal static class HostNumbers
{
    /// <summary>Makes this thread treat the CPU like another device, for tests.</summary>
    [field: ThreadStatic]
    public static bool CpuIsFar { get; set; }

    /// <summary>The number of times this thread has waited for another device.</summary>
    [field: ThreadStatic]
    public static long Waits { get; private set; }

    /// <summary>Whether values can be read without waiting for another device.</summary>
    public static bool AreAtHand(Tensor values) => values.device_type == DeviceType.CPU && !CpuIsFar;

    /// <summary>Reads a scalar.</summary>
    public static double Read(Tensor number)
    {
        if (!AreAtHand(number))
        {
            Waits++;
        }
        else if (number.dtype == ScalarType.Float32)
        {
            return TensorMemory.SpanOf<float>(number)[0];
        }

        using DisposeScope scope = NewDisposeScope();
        return number.cpu().to(ScalarType.Float64).item<double>();
    }

    /// <summary>Reads the values as float32 in C order.</summary>
    public static float[] Of(Tensor values)
    {
        if (!AreAtHand(values))
        {
            Waits++;
        }

        using DisposeScope scope = NewDisposeScope();
        return TensorMemory.SpanOf<float>(values.detach().to(ScalarType.Float32).cpu().contiguous()).ToArray();
    }

    /// <summary>Broadcasts weights to the shape of the weighted values; null for 1 everywhere.</summary>
    /// <param name="shape">The shape of the weighted values, <c>[batch, ...]</c>.</param>
    /// <param name="sampleWeight">Weights per sample or per position.</param>
    public static Tensor? WeightsFor(long[] shape, Tensor? sampleWeight)
    {
        if (sampleWeight is null)
        {
            return null;
        }

        Tensor weights = sampleWeight;
        if (weights.dim() == shape.Length + 1 && weights.shape[^1] == 1)
        {
            weights = weights.squeeze(-1);
        }

        while (weights.dim() < shape.Length)
        {
            weights = weights.unsqueeze(-1);
        }

        return weights.broadcast_to(shape);
    }
}
