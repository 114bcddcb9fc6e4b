using Cairn.Data;
using Cairn.Layers;
using Cairn.Optimizers;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>What happens to a batch in training: forward, loss, backward, optimizer, metrics.</summary>
internal sealed class TrainingStep(Model model, Objective objective, Optimizer optimizer, MetricSet metrics, CallContext context)
{
    public void Run(TensorDataset data, int index)
    {
        // Every tensor of the step is freed at its end; what lasts is owned by a variable or is a number in a metric.
        using var scope = NewDisposeScope();
        Batch batch = data[index];
        context.BeginStep((ulong)optimizer.Steps);

        Tensor yPred = model.Forward(batch.X, context);
        float loss = objective.Differentiate(batch.Y!, yPred, batch.Weight, context, optimizer.LossScaleFactor);
        optimizer.Apply();

        metrics.Update(loss, batch.Y!, yPred.detach(), batch.Weight, batch.Count, context.MaskOf(yPred));
    }
}
