using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Pooling by <see cref="WindowPooling"/>, recorded for autograd.</summary>
/// <remarks>
/// libtorch keeps the place of each maximum in 64 bits; here it is found again. Gradients that are themselves to be differentiated are
/// computed with libtorch.
/// </remarks>
internal sealed unsafe class PoolingPass : autograd.MultiTensorFunction<PoolingPass>
{
    private const string PoolingKey = "pooling";

    public override string Name => nameof(PoolingPass);

    /// <summary>Whether the tensor is one that this function computes with.</summary>
    public static bool Takes(Tensor x) =>
        NormalizationPass.IsOn && x.dtype == ScalarType.Float32 && x.NumberOfElements > 0 && TensorMemory.IsReachable(x);

    /// <summary>The result, recorded for autograd if gradients are needed.</summary>
    /// <param name="pooling">The pooling of samples of the input's shape.</param>
    /// <param name="x">The input.</param>
    public static Tensor Run(PooledSamples pooling, Tensor x) =>
        is_grad_enabled() && x.requires_grad ? apply(x, pooling)[0] : Compute(pooling, x);

    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (Tensor x, PooledSamples pooling) = ((Tensor)vars[0], (PooledSamples)vars[1]);
        Tensor y = Compute(pooling, x);
        ctx.save_for_backward(pooling.IsMaximum ? [x, y] : [x]);
        ctx.save_data(PoolingKey, pooling);
        return [y];
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        var pooling = (PooledSamples)ctx.get_data(PoolingKey);
        using DisposeScope scope = NewDisposeScope();
        Tensor found;
        if (is_grad_enabled())
        {
            found = RecordedGradients.Of(pooling.Ordinary(saved[0]), [saved[0]], grad_outputs[0])[0]!;
        }
        else
        {
            (Tensor x, Tensor slopes) = (saved[0], grad_outputs[0].contiguous());
            found = empty(x.shape);
            if (pooling.IsMaximum)
            {
                WindowPoolingGradient.OfMaxima(
                    pooling.Sizes, Address(x), Address(saved[1]), false, Address(slopes), x.size(0), Address(found));
            }
            else
            {
                WindowPoolingGradient.OfMeans(pooling.Sizes, Address(slopes), x.size(0), Address(found));
            }

            GC.KeepAlive(saved);
            GC.KeepAlive(slopes);
        }

        return [found.MoveToOuterDisposeScope(), null!];
    }

    private static Tensor Compute(PooledSamples pooling, Tensor x)
    {
        Tensor y = empty([x.size(0), .. pooling.Output]);
        WindowPooling.Forward(pooling.Sizes, pooling.IsMaximum, Address(x), x.size(0), Address(y), inThreads: true);
        GC.KeepAlive(x);
        return y;
    }

    private static float* Address(Tensor tensor) => (float*)TensorMemory.PointerTo(tensor);
}
