using static TorchSharp.torch;

namespace Cairn.Native;

/// <summary>Lower bounds whose gradient is that of Keras' <c>ops.maximum</c> on PyTorch: half where a number is at its bound.</summary>
/// <remarks>libtorch's <c>clamp_min</c> lets the whole gradient through there.</remarks>
internal static class AtLeast
{
    /// <summary>The larger of each number and the bound.</summary>
    public static Tensor Of(Tensor x, double bound) => maximum(x, full([], HeldScalar.Held(bound), x.dtype, x.device));
}
