namespace Cairn.Training.Inference;

/// <summary>Several values one after the other along the last axis.</summary>
/// <param name="inputs">The values.</param>
/// <param name="output">The value it writes.</param>
/// <param name="positions">Last axes per row.</param>
/// <param name="lengths">Length of the last axis of each value.</param>
internal sealed unsafe class ConcatenateStep(int[] inputs, int output, int positions, int[] lengths) : RowStep(inputs, output)
{
    private readonly int whole = lengths.Sum();

    public override void Run(in RowBlock block)
    {
        float* y = block.Value(Output);
        for (int i = 0, first = 0; i < lengths.Length; first += lengths[i], i++)
        {
            float* from = block.Value(Inputs[i]), to = y + first;
            for (int row = 0; row < block.Rows * positions; row++, from += lengths[i], to += whole)
            {
                new ReadOnlySpan<float>(from, lengths[i]).CopyTo(new Span<float>(to, lengths[i]));
            }
        }
    }
}
