using static TorchSharp.torch;

namespace Cairn.Native;

/// <summary>
/// Lower bounds with the gradient of Keras' <c>ops.maximum</c> on PyTorch: half of the gradient if a value equals the bound.
/// </summary>
/// <remarks>libtorch's <c>clamp_min</c> passes the whole gradient there.</remarks>
internal static class AtLeast
{
    /// <summary>The maximum of each value and the bound.</summary>
    public static Tensor Of(Tensor x, double bound) => maximum(x, full([], HeldScalar.Held(bound), x.dtype, x.device));
}
