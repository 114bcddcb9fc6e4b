using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Normalization over one value: the value minus its own mean, which is exactly 0. libtorch's kernels multiply before they subtract, with a
/// rounding error of about 1e-8, and a normalization after them would make it a number of normal size.
/// </summary>
internal static class SingleValue
{
    /// <summary><c>0 * gamma + beta</c>, with Keras' gradients: 0 for <paramref name="x"/> and gamma; NaN where x is not finite.</summary>
    /// <param name="x">The values, each of which is normalized by itself.</param>
    /// <param name="gamma">The scale, or null.</param>
    /// <param name="beta">The shift, or null.</param>
    /// <param name="shape">The shape of both that broadcasts with <paramref name="x"/>.</param>
    public static Tensor Normalize(Tensor x, Tensor? gamma, Tensor? beta, params long[] shape)
    {
        Tensor y = x - x;
        if (gamma is not null)
        {
            y *= gamma.reshape(shape);
        }

        return beta is null ? y : y.Plus(beta.reshape(shape));
    }
}
