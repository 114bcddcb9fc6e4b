namespace Cairn.Training.Plan;

/// <summary>The same numbers in another shape: flattening, and layers that return their input.</summary>
/// <param name="input">What it reads.</param>
/// <param name="shape">The shape of a sample of the output.</param>
internal sealed class SameNumbersNode(PlanValue input, Shape shape) : PlanNode([input], shape)
{
    public override bool NeedsOutput => false;

    public override void Prepare() => Output.Origin = Inputs[0];

    public override unsafe void Forward(PlanStep step) => Output.Begin(step.Samples);

    public override void Backward(PlanStep step) => step.Share(Inputs[0], Output.Slope!);
}
