using Cairn.Layers;

namespace Cairn.Training.Inference;

/// <summary>The maximum or mean of each channel over a window, channels last. Padding takes no part.</summary>
/// <param name="input">The value it reads.</param>
/// <param name="output">The value it writes.</param>
/// <param name="sizes">The sizes.</param>
/// <param name="isMaximum">Whether it is the maximum.</param>
internal sealed unsafe class PoolingStep(int input, int output, PooledAxes sizes, bool isMaximum) : RowStep([input], output)
{
    public override void Run(in RowBlock block) =>
        WindowPooling.Forward(sizes, isMaximum, From(block), block.Rows, block.Value(Output), inThreads: false);
}
