using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>Loss and metrics of a model on data, with inference behaviour and without gradients.</summary>
internal sealed class EvaluationLoop(Model model, Objective objective, MetricSet metrics, TensorDataset data, CallContext context, int? steps = null)
{
    /// <summary>Runs through the data once.</summary>
    /// <returns>The loss and the metrics, their names behind the prefix.</returns>
    public IReadOnlyList<KeyValuePair<string, double>> Run(CallbackList callbacks, string prefix = "", CancellationToken cancellation = default)
    {
        metrics.Reset();
        callbacks.OnTestBegin();
        int count = Math.Min(steps ?? data.BatchCount, data.BatchCount);
        for (int index = 0; index < count; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            callbacks.OnTestBatchBegin(index);
            Step(index);
            callbacks.OnTestBatchEnd(index, callbacks.UsesTestBatchHooks ? new Logs(() => metrics.Results()) : null);
        }

        callbacks.OnTestEnd(new Logs(metrics.Results()));
        return [.. metrics.Results(prefix)];
    }

    private void Step(int index)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        Batch batch = data[index];
        context.BeginStep(0);
        Tensor yPred = model.Forward(batch.X, context);
        float loss = objective.Compute(batch.Y!, yPred, batch.Weight, context).item<float>();
        metrics.Update(loss, batch.Y!, yPred, batch.Weight, batch.Count, context.MaskOf(yPred));
    }
}
