using Cairn.Layers;
using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Training.Plan;

/// <summary>
/// A layer that no other node knows: called as without a plan, on tensors of its own, with autograd for this layer alone.
/// </summary>
internal sealed unsafe class LayerNode : PlanNode
{
    private readonly Layer layer;
    private readonly CallArguments arguments;
    private readonly Tensor[] given;
    private Tensor? result;

    /// <summary>Creates a node.</summary>
    /// <param name="inputs">What it reads.</param>
    /// <param name="shape">The shape of a sample of the output.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="arguments">The parameters that the inputs belong to.</param>
    public LayerNode(PlanValue[] inputs, Shape shape, Layer layer, CallArguments arguments)
        : base(inputs, shape)
    {
        (this.layer, this.arguments, given) = (layer, arguments, new Tensor[inputs.Length]);
        Output.IsTensor = true;
        foreach (PlanValue input in inputs)
        {
            input.IsTensor = true;
        }
    }

    public override bool IsTrained => layer.Weights.Any(weight => weight.Stored.requires_grad);

    public override bool NeedsOutput => true;

    public override void Forward(PlanStep step)
    {
        bool training = step.Context.Training;
        step.Context.Training = arguments.FixedTraining ?? training;
        try
        {
            for (int i = 0; i < given.Length; i++)
            {
                given[i] = Inputs[i].Tensor!.detach();
                if (Inputs[i].NeedsSlope)
                {
                    given[i].requires_grad_(true);
                }
            }

            result = layer.Forward(given, arguments, step.Context)[0];
        }
        finally
        {
            step.Context.Training = training;
        }

        Output.TakeTensor(result.detach().contiguous());
    }

    public override void Backward(PlanStep step)
    {
        if (!result!.requires_grad)
        {
            return;
        }

        Tensor slopes = empty(result.shape);
        long bytes = slopes.NumberOfElements * sizeof(float);
        Buffer.MemoryCopy(Output.Slope!.First, TensorMemory.PointerTo(slopes), bytes, bytes);
        autograd.backward([result], [slopes]);
        for (int i = 0; i < given.Length; i++)
        {
            if (Inputs[i].NeedsSlope && given[i].grad is { } gradient)
            {
                Tensor whole = gradient.contiguous();
                bytes = whole.NumberOfElements * sizeof(float);
                SlopeMemory slope = step.Take(Inputs[i]);
                Buffer.MemoryCopy(TensorMemory.PointerTo(whole), slope.First, bytes, bytes);
                step.Give(Inputs[i], slope);
                GC.KeepAlive(whole);
            }
        }

        Array.Clear(given);
        result = null;
    }
}
