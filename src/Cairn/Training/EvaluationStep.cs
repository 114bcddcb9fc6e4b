using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>What happens to a batch in evaluation: forward, loss, metrics; inference behaviour, no gradients.</summary>
internal sealed class EvaluationStep(Model model, Objective objective, MetricSet metrics, CallContext context)
{
    public Objective Objective => objective;

    /// <summary>Runs the step of the model, its own or that of a class derived from it.</summary>
    /// <returns>What an own step wants to be logged; null for the compiled metrics.</returns>
    public Logs? Run(BatchSource data)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = inference_mode();
        context.BeginStep(0);
        return model.RunTestStep(data.Current, context);
    }

    public void Test(Batch batch)
    {
        Tensor[] yPred = model.OutputsFor(batch, context);
        Tensor loss = model.OverridesComputeLoss ? model.RunComputeLoss(batch, yPred, context) : objective.Compute(batch, yPred, context);
        metrics.Update(loss, objective.OfOutputs, batch, yPred, context.MasksOf(yPred));
    }
}
