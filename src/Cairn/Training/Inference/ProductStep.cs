namespace Cairn.Training.Inference;

/// <summary>A product, a bias and a function: the layer <c>Dense</c>.</summary>
/// <param name="input">The value it reads.</param>
/// <param name="output">The value it writes.</param>
/// <param name="positions">Products per row: those of the axes between the first and the last.</param>
/// <param name="depth">Numbers of the input per position.</param>
/// <param name="columns">Numbers of the output per position.</param>
/// <param name="kernel">The index of the kernel.</param>
/// <param name="bias">The index of the bias; -1 for none.</param>
/// <param name="function">The function; null for none.</param>
internal sealed unsafe class ProductStep(
    int input, int output, int positions, int depth, int columns, int kernel, int bias, RowFunction? function)
    : RowStep([input], output)
{
    public override long Products => (long)positions * depth * columns;

    public override int Room => RowProduct.Room;

    public override void Run(in RowBlock block)
    {
        float* y = block.Value(Output);
        int rows = block.Rows * positions;
        int following = block.RowsAfter(Inputs[0]) * positions;
        RowProduct.Multiply(From(block), rows, following, depth, block.Weight(kernel), columns, y, block.Room);
        if (function is not null)
        {
            function.Apply(y, block.Weight(bias), y, rows, columns);
        }
        else if (bias >= 0)
        {
            RowFunction.Identity.Apply(y, block.Weight(bias), y, rows, columns);
        }
    }
}
