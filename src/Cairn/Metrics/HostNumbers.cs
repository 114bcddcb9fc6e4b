using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>A tensor's numbers in managed memory, for metrics that count in one pass what libtorch would need dozens of operations for.</summary>
internal static class HostNumbers
{
    /// <summary>The numbers as float32 in C order.</summary>
    public static float[] Of(Tensor values)
    {
        using var scope = NewDisposeScope();
        return TensorMemory.SpanOf<float>(values.detach().to(ScalarType.Float32).cpu().contiguous()).ToArray();
    }

    /// <summary>Weights broadcast to the shape of what they weigh; null for 1 everywhere.</summary>
    /// <param name="sampleWeight">One for each sample, or for each position.</param>
    /// <param name="shape">The shape weighed, <c>[batch, ...]</c>.</param>
    public static float[]? WeightsFor(long[] shape, Tensor? sampleWeight)
    {
        if (sampleWeight is null) return null;
        using var scope = NewDisposeScope();
        Tensor weights = sampleWeight;
        if (weights.dim() == shape.Length + 1 && weights.shape[^1] == 1) weights = weights.squeeze(-1);
        while (weights.dim() < shape.Length) weights = weights.unsqueeze(-1);
        return Of(weights.broadcast_to(shape));
    }
}
