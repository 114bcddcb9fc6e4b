using Cairn.Data;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>What happens to a batch in training: forward, loss, backward, optimizer, metrics.</summary>
internal sealed class TrainingStep(Model model, Loss loss, Optimizer optimizer, MetricSet metrics, CallContext context)
{
    public void Run(TensorDataset data, int index)
    {
        // Every tensor of the step is freed at its end; what lasts is owned by a variable or is a number in a metric.
        using var scope = NewDisposeScope();
        Batch batch = data[index];
        context.BeginStep((ulong)optimizer.Iterations);

        Tensor yPred = model.Forward(batch.X, context);
        Tensor value = loss.Compute(batch.Y!, yPred);
        value.backward();
        optimizer.Apply();

        metrics.Update(value.item<float>(), batch.Y!, yPred.detach(), batch.Count);
    }
}
