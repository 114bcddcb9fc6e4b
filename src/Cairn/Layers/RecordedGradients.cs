using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Gradients that libtorch computes and records, so that they can be differentiated themselves.</summary>
internal static class RecordedGradients
{
    /// <summary>Computes them.</summary>
    /// <param name="y">The result.</param>
    /// <param name="inputs">The inputs; null for each whose gradient is not needed.</param>
    /// <param name="slopes">The gradient of the result.</param>
    /// <returns>The gradient of each input, or null.</returns>
    public static Tensor?[] Of(Tensor y, Tensor?[] inputs, Tensor slopes)
    {
        var gradients = new Queue<Tensor>(
            autograd.grad([y], [.. inputs.OfType<Tensor>()], [slopes], retain_graph: true, create_graph: true));
        return [.. inputs.Select(input => input is null ? null : gradients.Dequeue())];
    }
}
