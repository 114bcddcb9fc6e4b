using Cairn.Layers;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Training.Plan;

/// <summary>The vectors of integers, which are an input of the plan.</summary>
/// <param name="input">What it reads.</param>
/// <param name="shape">The shape of a sample of the output.</param>
/// <param name="layer">The layer.</param>
/// <param name="vectors">Its vectors.</param>
internal sealed unsafe class EmbeddingNode(PlanValue input, Shape shape, Embedding layer, Variable vectors) : PlanNode([input], shape)
{
    private Tensor? places;

    public override Variable[] Weights { get; } = [vectors];

    public override bool NeedsOutput => false;

    public override void Forward(PlanStep step)
    {
        Tensor x = Inputs[0].Tensor!;
        places = x.dtype == ScalarType.Int64 ? x : x.to(ScalarType.Int64);
        long* indices = (long*)TensorMemory.PointerTo(places);
        long count = step.Samples * Inputs[0].Count;
        for (long i = 0; i < count; i++)
        {
            if (indices[i] < -layer.InputDim || indices[i] >= layer.InputDim)
            {
                // The layer explains what is wrong.
                layer.Forward(x, step.Context);
            }
        }

        float* y = Output.Begin(step.Samples), from = PlanGradients.PointerTo(vectors);
        int length = layer.OutputDim;
        for (long i = 0; i < count; i++, y += length)
        {
            new Span<float>(from + Place(indices[i]), length).CopyTo(new Span<float>(y, length));
        }
    }

    public override void Backward(PlanStep step)
    {
        float* gradient = step.Gradients.For(vectors), slopes = Output.Slope!.First;
        if (gradient == null)
        {
            return;
        }

        long* indices = (long*)TensorMemory.PointerTo(places!);
        long count = step.Samples * Inputs[0].Count;
        int length = layer.OutputDim;
        ElementParts.Run(
            vectors.Shape.ElementCount, (first, end) => new Span<float>(gradient + first, checked((int)(end - first))).Clear());
        for (long i = 0; i < count; i++, slopes += length)
        {
            float* to = gradient + Place(indices[i]);
            Addition.Add(slopes, to, length);
        }

        step.Gradients.Deliver();
        GC.KeepAlive(places);
        places = null;
    }

    // Negative integers count from the end.
    private nint Place(long index) => (nint)(index < 0 ? index + layer.InputDim : index) * layer.OutputDim;
}
