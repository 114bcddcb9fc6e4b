using Cairn.Layers;

namespace Cairn.Training.Plan;

/// <summary>A convolution or transposed convolution with its activation, by <see cref="PatchLayer"/>.</summary>
/// <param name="input">What it reads.</param>
/// <param name="shape">The shape of a sample of the output.</param>
/// <param name="layer">The layer.</param>
/// <param name="patches">Its function.</param>
/// <param name="activation">The activation, if it is another than that of <paramref name="patches"/>; or null.</param>
internal sealed unsafe class ConvolutionNode(
    PlanValue input, Shape shape, KernelLayer layer, PatchLayer patches, ActivationOperation? activation) : PlanNode([input], shape)
{
    private readonly (Variable Kernel, Variable? Bias) weights = layer.Plain;

    public override Variable[] Weights { get; } = layer.Plain is var (kernel, bias) && bias is not null ? [kernel, bias] : [kernel];

    public override bool NeedsOutput => patches.Rectifies || activation is not null;

    public override void Forward(PlanStep step)
    {
        float* y = Output.Begin(step.Samples);
        patches.Compute(Inputs[0].Data, step.Samples, PlanGradients.PointerTo(weights.Kernel), PlanGradients.PointerTo(weights.Bias), y,
            inThreads: true);
        if (activation is not null)
        {
            ActivationPass.Forward(activation, y, y, step.Samples * Output.Count);
        }
    }

    public override void Backward(PlanStep step)
    {
        float* y = Output.Data, kernel = PlanGradients.PointerTo(weights.Kernel);
        float* ofBias = step.Gradients.For(weights.Bias), ofKernel = step.Gradients.For(weights.Kernel);
        float* slopes = Output.Slope!.First, passed = slopes;
        long count = step.Samples * Output.Count;
        if (patches.Rectifies || activation is not null)
        {
            passed = step.Replace(Output, out slopes);
        }

        if (activation is not null)
        {
            ActivationPass.Backward(activation, y, slopes, passed, count);
            slopes = passed;
        }

        if (patches.Rectifies || ofBias != null)
        {
            int filters = patches.OutputChannels;
            Rectification.Differentiate(slopes, patches.Rectifies ? y : null, count / filters, filters, passed, ofBias);
        }

        if (ofKernel != null)
        {
            patches.KernelGradient(Inputs[0].Data, step.Samples, passed, ofKernel);
        }

        step.Gradients.Deliver();
        if (Inputs[0].NeedsSlope)
        {
            SlopeMemory slope = step.Take(Inputs[0]);
            patches.InputGradient(passed, step.Samples, kernel, slope.First);
            step.Give(Inputs[0], slope);
        }
    }
}
