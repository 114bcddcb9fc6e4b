using Cairn.Layers;

namespace Cairn.Training.Inference;

/// <summary>A convolution or transposed convolution, a bias and a function, channels last.</summary>
/// <param name="input">The value it reads.</param>
/// <param name="output">The value it writes.</param>
/// <param name="layer">The convolution.</param>
/// <param name="kernel">The index of the kernel.</param>
/// <param name="bias">The index of the bias; -1 for none.</param>
/// <param name="function">The function that follows; null for none, or if it is the convolution's own.</param>
internal sealed unsafe class ConvolutionStep(int input, int output, PatchLayer layer, int kernel, int bias, RowFunction? function)
    : RowStep([input], output)
{
    public override long Products => layer.Sizes.Products;

    public override void Run(in RowBlock block)
    {
        float* y = block.Value(Output);
        layer.Compute(From(block), block.Rows, block.Weight(kernel), block.Weight(bias), y, block.InThreads);
        function?.Apply(y, null, y, checked((int)(block.Rows * layer.OutputPositions)), layer.OutputChannels);
    }
}
