namespace Cairn.Training.Plan;

/// <summary>Values side by side along the last axis.</summary>
/// <param name="inputs">What it reads.</param>
/// <param name="shape">The shape of a sample of the output.</param>
internal sealed unsafe class ConcatenateNode(PlanValue[] inputs, Shape shape) : PlanNode(inputs, shape)
{
    public override bool NeedsOutput => false;

    public override void Forward(PlanStep step)
    {
        float* y = Output.Begin(step.Samples);
        foreach (PlanValue input in Inputs)
        {
            Copy(input.Data, (int)input.Shape[^1], y, (int)Output.Shape[^1], (int)input.Shape[^1], step.Samples * input.Count);
            y += input.Shape[^1];
        }
    }

    public override void Backward(PlanStep step)
    {
        float* slopes = Output.Slope!.First;
        int row = (int)Output.Shape[^1];
        foreach (PlanValue input in Inputs)
        {
            if (input.NeedsSlope)
            {
                SlopeMemory slope = step.Take(input);
                int length = (int)input.Shape[^1];
                Copy(slopes, row, slope.First, length, length, step.Samples * input.Count);
                step.Give(input, slope);
            }

            slopes += input.Shape[^1];
        }
    }

    private static void Copy(float* from, int fromRow, float* to, int toRow, int length, long count)
    {
        for (long done = 0; done < count; done += length, from += fromRow, to += toRow)
        {
            new Span<float>(from, length).CopyTo(new Span<float>(to, length));
        }
    }
}
