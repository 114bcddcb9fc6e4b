using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Benchmarks;

/// <summary>Only the matrix products of an MLP's forward and backward pass, into existing memory.</summary>
internal sealed class MatrixProducts : IDisposable
{
    private readonly List<(Tensor A, Tensor B, Tensor Result)> products = [];

    /// <summary>Creates the factors.</summary>
    /// <param name="widths">Sizes of the layers, the input first.</param>
    /// <param name="batchSize">Samples per step.</param>
    public MatrixProducts(long[] widths, int batchSize)
    {
        for (int layer = 0; layer + 1 < widths.Length; layer++)
        {
            (long inputs, long units) = (widths[layer], widths[layer + 1]);
            Add(rand(batchSize, inputs), rand(inputs, units));                                  // x · kernel
            Add(rand(batchSize, inputs).transpose(0, 1), rand(batchSize, units));               // the kernel's gradient
            if (layer > 0)
            {
                Add(rand(batchSize, units), rand(inputs, units).transpose(0, 1));    // the gradient of the input
            }
        }
    }

    public void Run(int steps)
    {
        using IDisposable _ = inference_mode();
        for (int step = 0; step < steps; step++)
        {
            foreach ((Tensor a, Tensor b, Tensor result) in products)
            {
                Multiply(result, a, b);
            }
        }
    }

    public void Dispose()
    {
        foreach ((Tensor a, Tensor b, Tensor result) in products)
        {
            a.Dispose();
            b.Dispose();
            result.Dispose();
        }
    }

    // TorchSharp has no `out` form of matmul; the in-place addmm with beta 0 overwrites its target with the product.
    private static void Multiply(Tensor result, Tensor a, Tensor b) => result.addmm_(a, b, beta: 0, alpha: 1);

    private void Add(Tensor a, Tensor b) => products.Add((a, b, zeros(a.shape[0], b.shape[1])));
}
