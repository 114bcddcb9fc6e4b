using Cairn.Layers;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Replication;

/// <summary>
/// Adds up a tensor of all processes that compute a batch, with the gradient of that sum: the sum of the gradients of all of them.
/// </summary>
internal sealed class SumOfReplicas : autograd.SingleTensorFunction<SumOfReplicas>
{
    public override string Name => nameof(SumOfReplicas);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => CallContext.Current!.Share!.Sum((Tensor)vars[0]);

    // Gradients are weighted by the rows of a process when they are added up, so each is weighted here and divided by its own weight.
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        BatchShare share = CallContext.Current!.Share!;
        try
        {
            Tensor sum = share.Sum(grad_output * Held((float)share.Weight));
            return [share.IsStandIn ? zeros_like(sum) : sum / Held((float)share.Weight)];
        }
        catch (Exception exception)
        {
            // It must not pass through libtorch; the exchange of the gradients follows, and fails too.
            share.Replication.Failed(exception);
            return [zeros_like(grad_output)];
        }
    }
}
