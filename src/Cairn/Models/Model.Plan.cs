using Cairn.Data;
using Cairn.Layers;
using Cairn.Training;
using Cairn.Training.Plan;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

// Training steps by a fixed plan, where the layers and the step allow it.
public abstract partial class Model
{
    private StepPlan? plan;
    private long plannedAt = -1;

    /// <summary>Whether steps may run by a plan; tests set it to false to compare.</summary>
    internal bool MayPlan { get; set; } = true;

    /// <summary>Whether the last step ran by a plan; for tests.</summary>
    internal bool StepWasPlanned { get; private set; }

    /// <summary>The plan for a step, or null.</summary>
    private StepPlan? PlanFor(Batch batch, Objective minimized, CallContext context)
    {
        StepWasPlanned = false;
        if (!MayPlan || !trainsAnything || !context.Training || context.Observer is not null
            || context.HasMasks || context.Builder is not null || OverridesComputeLoss || Optimizer!.LossScaleFactor is not null
            || Device.type != DeviceType.CPU
            || !minimized.HasSimplePenalties(context))
        {
            return null;
        }

        if (plannedAt != TrainableChanges || plan?.IsCurrent == false)
        {
            EndPlan();
            plannedAt = TrainableChanges;
            plan = StepPlanner.PlanFor(this);
        }

        return plan?.Takes(batch.Slots.Inputs, context) == true ? plan : null;
    }

    /// <summary>Forward pass, loss and backward pass by a plan.</summary>
    private (Tensor Output, BatchLoss Loss) RunPlan(StepPlan steps, Batch batch, Objective minimized, CallContext context)
    {
        StepWasPlanned = true;
        Tensor[] yPred = [steps.Forward(batch.Slots.Inputs, context)];
        if (!minimized.TryDifferentiate(batch, yPred, context, out BatchLoss loss, out Tensor? gradient))
        {
            yPred[0].requires_grad_(true);
            Tensor value = minimized.ComputeOfOutputs(batch, yPred, context);
            value.backward();
            gradient = yPred[0].grad ?? zeros_like(yPred[0], requires_grad: false);
            loss = value;
        }

        steps.Backward(gradient);
        gradient.Dispose();
        return (yPred[0], minimized.AddPenalties(loss));
    }

    /// <summary>Frees the memory of the plan.</summary>
    private void EndPlan()
    {
        plan?.Dispose();
        (plan, plannedAt) = (null, -1);
    }
}
