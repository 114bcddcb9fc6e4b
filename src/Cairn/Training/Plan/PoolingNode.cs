using Cairn.Layers;

namespace Cairn.Training.Plan;

/// <summary>The maximum or mean of each channel over a window, by <see cref="WindowPooling"/>.</summary>
/// <param name="input">What it reads.</param>
/// <param name="shape">The shape of a sample of the output.</param>
/// <param name="sizes">The sizes.</param>
/// <param name="isMaximum">Whether it is the maximum.</param>
internal sealed unsafe class PoolingNode(PlanValue input, Shape shape, PooledAxes sizes, bool isMaximum) : PlanNode([input], shape)
{
    public override bool NeedsOutput => isMaximum;

    public override void Forward(PlanStep step) => WindowPooling.Forward(
        sizes, isMaximum, Inputs[0].Data, step.Samples, Output.Begin(step.Samples), inThreads: true);

    public override void Backward(PlanStep step)
    {
        SlopeMemory slope = step.Take(Inputs[0]);
        if (isMaximum)
        {
            WindowPoolingGradient.OfMaxima(
                sizes, Inputs[0].Data, Output.Data, isRectified: false, Output.Slope!.First, step.Samples, slope.First);
        }
        else
        {
            WindowPoolingGradient.OfMeans(sizes, Output.Slope!.First, step.Samples, slope.First);
        }

        step.Give(Inputs[0], slope);
    }
}
