using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>What happens to a batch in training: forward, loss, backward, optimizer, metrics.</summary>
internal sealed class TrainingStep(Model model, Objective objective, Optimizer optimizer, MetricSet metrics, CallContext context)
{
    private readonly bool hasOwnLoss = model.OverridesComputeLoss;

    public Objective Objective => objective;

    /// <summary>Sees the gradients before the optimizer does; null where nobody asks for them.</summary>
    public Action<IReadOnlyList<Gradient>>? Watch { get; set; }

    /// <summary>Runs the step of the model, its own or that of a class derived from it.</summary>
    /// <returns>What an own step wants to be logged; null for the compiled metrics.</returns>
    public Logs? Run(BatchSource data)
    {
        // Every tensor of the step is freed at its end; what lasts is owned by a variable or is a number in a metric.
        using DisposeScope scope = NewDisposeScope();
        context.BeginStep((ulong)optimizer.Steps);
        return model.RunTrainStep(data.Current, context);
    }

    public void Train(Batch batch)
    {
        Tensor[] yPred = model.OutputsFor(batch, context);
        BatchLoss loss = hasOwnLoss ? DifferentiateOwnLoss(batch, yPred) : objective.Differentiate(batch, yPred, context, optimizer.LossScaleFactor);
        optimizer.Apply(Watch);

        Tensor?[]? masks = context.MasksOf(yPred);
        for (int i = 0; i < yPred.Length; i++)
        {
            yPred[i] = yPred[i].detach();
        }

        metrics.Update(loss, objective.OfOutputs, batch, yPred, masks);
    }

    private BatchLoss DifferentiateOwnLoss(Batch batch, Tensor[] yPred)
    {
        Tensor value = model.RunComputeLoss(batch, yPred, context);
        (optimizer.LossScaleFactor is { } factor ? value * (float)factor : value).backward();
        return value;
    }
}
