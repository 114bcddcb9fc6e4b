using Cairn.Layers;

namespace Cairn.Training.Plan;

/// <summary>An activation of each number.</summary>
/// <param name="input">What it reads.</param>
/// <param name="operation">The activation.</param>
internal sealed unsafe class ActivationNode(PlanValue input, ActivationOperation operation) : PlanNode([input], input.Shape)
{
    public override void Prepare() => Output.Origin = MayOverwrite && !Output.IsTensor ? Inputs[0] : null;

    public override void Forward(PlanStep step) =>
        ActivationPass.Forward(operation, Inputs[0].Data, Output.Begin(step.Samples), step.Samples * Output.Count);

    public override void Backward(PlanStep step)
    {
        float* passed = step.Replace(Output, out float* slopes);
        ActivationPass.Backward(operation, Output.Data, slopes, passed, step.Samples * Output.Count);
        step.Share(Inputs[0], Output.Slope!);
    }
}
