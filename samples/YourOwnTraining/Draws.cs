using Cairn;
using Cairn.Layers;
using static TorchSharp.torch;

/// <summary>
/// A linear congruential generator, also used by the Python originals (draws.py), so that both train on the same numbers.
/// </summary>
internal sealed class Draws(uint seed)
{
    private uint state = seed;

    /// <summary>A number from -1 to 1.</summary>
    public float Number()
    {
        state = unchecked((1664525 * state) + 1013904223);
        return ((state >> 8) / 8388608f) - 1;
    }

    public int Integer(int below) => (int)((Number() + 1.0) / 2 * below);

    public Tensor Array(params long[] shape)
    {
        int count = (int)((Shape)shape).ElementCount;
        return tensor(Enumerable.Range(0, count).Select(_ => Number()).ToArray()).reshape(shape);
    }

    /// <summary>
    /// Draws the kernels of models, uniform within the root of 3 / inputs; other weights, such as biases, are not changed.
    /// </summary>
    public void SetWeights(params Layer[] models)
    {
        foreach (Layer model in models)
        {
            model.SetWeights([.. model.GetWeights().Select(weight => weight.Shape.Rank > 1 ? Kernel(weight.Shape) : weight)]);
        }
    }

    private NDArray Kernel(Shape shape) => Array(shape.ToArray()) * (float)Math.Sqrt(3.0 / shape[..^1].ElementCount);
}
