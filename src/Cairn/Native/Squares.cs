using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>Squares of tensors.</summary>
internal static class Squares
{
    /// <summary>
    /// The square of each element. TorchSharp's <c>square()</c> is a power with a scalar that nothing references during the call, so that
    /// a garbage collection could free it (see <see cref="Native.HeldScalar"/>).
    /// </summary>
    public static Tensor Squared(this Tensor x) => x.pow(Held(2));
}
