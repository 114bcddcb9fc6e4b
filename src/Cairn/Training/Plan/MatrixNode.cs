using Cairn.Layers;

namespace Cairn.Training.Plan;

/// <summary>A chain of layers on vectors: products, activations, dropout and batch normalization.</summary>
/// <param name="input">What it reads.</param>
/// <param name="layers">What the layers compute.</param>
/// <param name="stages">Its stages.</param>
internal sealed unsafe class MatrixNode(PlanValue input, IReadOnlyList<PlannedFunction> layers, PlanStage[] stages)
    : PlanNode([input], [stages[^1].Features])
{
    public override Variable[] Weights { get; } = [.. layers.SelectMany(layer => layer.Weights)];

    public override bool NeedsOutput => false;

    public override void Prepare()
    {
        stages[0].NeedsInputSlope = Inputs[0].NeedsSlope;
        foreach (PlanStage stage in stages)
        {
            stage.NoteTrained();
        }
    }

    public override void Forward(PlanStep step)
    {
        foreach (PlanStage stage in stages)
        {
            stage.Resize(step.Samples);
            stage.Forward(step.Context, step.Samples, Inputs[0].Data);
        }

        stages[^1].CopyOutput(Output.Begin(step.Samples));
    }

    public override void Backward(PlanStep step)
    {
        bool goesOn = true;
        for (int i = stages.Length - 1; i >= 0 && goesOn; i--)
        {
            goesOn = stages[i].Backward(step.Gradients, i == stages.Length - 1 ? Output.Slope!.First : null);
            step.Gradients.Deliver();
        }

        if (Inputs[0].NeedsSlope)
        {
            SlopeMemory slope = step.Take(Inputs[0]);
            stages[0].InputSlope(slope.First);
            step.Give(Inputs[0], slope);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (PlanStage stage in stages)
        {
            stage.Dispose();
        }
    }
}
