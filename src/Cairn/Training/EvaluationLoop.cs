using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;

namespace Cairn.Training;

/// <summary>Computes the loss and metrics of a model on data, in inference mode and without gradients.</summary>
internal sealed class EvaluationLoop(
    Model model, CallContext context, BatchSource data, int? steps = null, int stepsPerExecution = 1, IDistributedRun? together = null)
{
    /// <summary>Runs over the data once.</summary>
    /// <returns>The loss and the metrics, with the prefix before their names.</returns>
    public IReadOnlyList<KeyValuePair<string, double>> Run(CallbackList callbacks, string prefix = "",
        CancellationToken cancellation = default)
    {
        model.StopEvaluating = false;
        callbacks.OnTestBegin();

        // After the hook, as in Keras: a callback may run another evaluation in it.
        model.ResetMetrics();
        together?.PassBegan();
        data.BeginPass(null);
        Logs? own = null;
        int? limit = steps ?? data.BatchCount;
        for (int index = 0; !(index >= limit) && !(index > 0 && model.StopEvaluating) && MoveNext(index, callbacks, cancellation); index++)
        {
            callbacks.OnTestBatchBegin(index);
            own = model.Test(data, context, index);
            for (int more = 1; more < stepsPerExecution && !(index + 1 >= limit)
                && MoveNext(index + 1, callbacks, cancellation); more++, index++)
            {
                own = model.Test(data, context, index + 1);
            }

            callbacks.OnTestBatchEnd(index, together is not null ? together.BatchLogs(own, test: true)
                : own ?? (callbacks.UsesTestBatchHooks ? new Logs(model.MetricResults) : null));
            together?.BatchEnded(test: true);
        }

        own = together is null ? own : together.AddUp(own);

        IReadOnlyList<KeyValuePair<string, double>> results = [.. model.MetricResultsOr(own)];
        model.TellDoubts(callbacks);
        callbacks.OnTestEnd(new Logs(results));
        return prefix.Length == 0 ? results : [.. results.Select(pair => KeyValuePair.Create(prefix + pair.Key, pair.Value))];
    }

    private bool MoveNext(int index, CallbackList callbacks, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (data.MoveNext(cancellation))
        {
            return true;
        }

        cancellation.ThrowIfCancellationRequested();
        if (index == 0)
        {
            throw new InvalidOperationException("The data contains no batches. A sequence must support repeated enumeration.");
        }

        if (steps is not null)
        {
            callbacks.ShowWarning($"Your input ran out of data; interrupting the evaluation after {index} of {steps} steps.");
        }

        return false;
    }
}
