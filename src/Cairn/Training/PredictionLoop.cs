using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>Computes the outputs of a model for data, in inference mode, batch by batch into one array per output.</summary>
internal sealed class PredictionLoop(Model model, BatchSource data, CallContext context, int? steps = null, int stepsPerExecution = 1)
{
    private readonly int? limit = steps ?? data.BatchCount;
    private OutputRows[]? outputs;

    public NDArray[] Run(CallbackList callbacks, CancellationToken cancellation)
    {
        model.StopPredicting = false;
        callbacks.OnPredictBegin();
        data.BeginPass(null);
        for (int index = 0; !(index > 0 && model.StopPredicting) && MoveNext(index, cancellation); index++)
        {
            callbacks.OnPredictBatchBegin(index);
            PredictBatch(index);
            for (int more = 1; more < stepsPerExecution && MoveNext(index + 1, cancellation); more++, index++)
            {
                PredictBatch(index + 1);
            }

            callbacks.OnPredictBatchEnd(index);
        }

        cancellation.ThrowIfCancellationRequested();
        if (outputs is null)
        {
            throw new InvalidOperationException("The data contains no batches. A sequence must support repeated enumeration.");
        }

        callbacks.OnPredictEnd();
        return [.. outputs.Select(rows => rows.ToArray())];
    }

    private bool MoveNext(int index, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return !(index >= limit) && data.MoveNext(cancellation);
    }

    private void PredictBatch(int index)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] y = model.Predict(data, context, index);
        outputs ??= [.. y.Select(_ => new OutputRows(steps is null ? data.SampleCount : null))];
        for (int i = 0; i < y.Length; i++)
        {
            outputs[i].Append(y[i]);
        }
    }
}
