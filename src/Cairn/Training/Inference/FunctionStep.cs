namespace Cairn.Training.Inference;

/// <summary>A function of each element, or of each last axis.</summary>
/// <param name="input">The value it reads.</param>
/// <param name="output">The value it writes; the same to overwrite it.</param>
/// <param name="positions">Last axes per row.</param>
/// <param name="columns">Length of the last axis.</param>
/// <param name="function">The function.</param>
internal sealed class FunctionStep(int input, int output, int positions, int columns, RowFunction function) : RowStep([input], output)
{
    public override unsafe void Run(in RowBlock block) =>
        function.Apply(From(block), null, block.Value(Output), block.Rows * positions, columns);
}
