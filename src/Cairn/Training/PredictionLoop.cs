using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>The outputs of a model for data, with inference behaviour, written batch by batch into one array for each output.</summary>
internal sealed class PredictionLoop(Model model, BatchSource data, CallContext context, int? steps = null)
{
    public NDArray[] Run(CallbackList callbacks, CancellationToken cancellation)
    {
        OutputRows[] outputs = [];
        callbacks.OnPredictBegin();
        data.BeginPass(null);
        int? limit = steps ?? data.BatchCount;
        for (int index = 0; !(index >= limit); index++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!data.MoveNext(cancellation)) break;
            callbacks.OnPredictBatchBegin(index);
            using (NewDisposeScope())
            using (inference_mode())
            {
                context.BeginStep(0);
                Tensor[] y = model.RunPredictStep(data.Current, context);
                if (index == 0) outputs = [.. y.Select(_ => new OutputRows(steps is null ? data.SampleCount : null))];
                for (int i = 0; i < y.Length; i++) outputs[i].Append(y[i]);
            }

            callbacks.OnPredictBatchEnd(index);
        }

        cancellation.ThrowIfCancellationRequested();
        if (outputs.Length == 0) throw new InvalidOperationException("The data hold no batches. A sequence must be one that can be enumerated anew each time.");
        callbacks.OnPredictEnd();
        return [.. outputs.Select(rows => rows.ToArray())];
    }
}
