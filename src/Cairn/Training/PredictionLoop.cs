using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>The outputs of a model for data, with inference behaviour, written batch by batch into one array.</summary>
internal sealed class PredictionLoop(Model model, TensorDataset data, CallContext context)
{
    public NDArray Run(CallbackList callbacks, CancellationToken cancellation)
    {
        float[] result = [];
        Shape shape = [0];
        long filled = 0;
        callbacks.OnPredictBegin();
        for (int index = 0; index < data.BatchCount; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            callbacks.OnPredictBatchBegin(index);
            using (NewDisposeScope())
            using (inference_mode())
            {
                Batch batch = data[index];
                context.BeginStep(0);
                Tensor y = model.Forward(batch.X, context).to(ScalarType.Float32).to(CPU).contiguous();
                if (index == 0)
                {
                    shape = [data.Count, .. ((Shape)y.shape)[1..]];
                    result = new float[shape.ElementCount];
                }

                Span<float> numbers = TensorMemory.SpanOf<float>(y);
                numbers.CopyTo(result.AsSpan(checked((int)filled)));
                filled += numbers.Length;
            }

            callbacks.OnPredictBatchEnd(index);
        }

        callbacks.OnPredictEnd();
        return NDArray.From(result, shape);
    }
}
