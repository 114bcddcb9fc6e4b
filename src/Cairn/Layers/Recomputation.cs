using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// A layer call that keeps only its inputs; the backward pass computes it again. Keras: <c>remat</c>; PyTorch: <c>checkpoint</c>.
/// </summary>
internal sealed class Recomputation : autograd.MultiTensorFunction<Recomputation>
{
    private const string CallKey = "call";

    public override string Name => nameof(Recomputation);

    /// <summary>Computes the outputs, and records how to compute them again.</summary>
    /// <param name="context">The context of the call.</param>
    /// <param name="inputs">The inputs of the layer.</param>
    /// <param name="weights">The weights of the layer that need a gradient.</param>
    /// <param name="compute">The function of the layer.</param>
    public static Tensor[] Run(CallContext context, Tensor[] inputs, Tensor[] weights, Func<Tensor[], Tensor[]> compute)
    {
        var call = new Call(context, inputs, weights, compute);
        List<Tensor> results = apply([call, .. inputs, .. weights]);
        return call.Finish(results);
    }

    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var call = (Call)vars[0];
        ctx.set_materialize_grads(false);
        ctx.save_for_backward(call.Inputs);
        ctx.save_data(CallKey, call);
        return [.. call.First()];
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        var call = (Call)ctx.get_data(CallKey);
        return [null!, .. call.Again(ctx.get_saved_variables(), grad_outputs)];
    }

    /// <summary>The data of a call that its recomputation needs in addition to the tensors.</summary>
    /// <remarks>
    /// The weights are not saved for the backward pass, where they would have to be unchanged: normalizations change them in place.
    /// </remarks>
    private sealed class Call(CallContext context, Tensor[] inputs, Tensor[] weights, Func<Tensor[], Tensor[]> compute)
    {
        private readonly CallContext.DrawState random = context.SaveDraws();
        private readonly bool training = context.Training;
        private readonly int depth = context.Depth;
        private readonly Tensor?[] masks = Array.ConvertAll(inputs, context.MaskOf);
        private Tensor?[] outputMasks = [];
        private int outputs;

        public List<Tensor> Inputs => [.. inputs];

        /// <summary>Computes the outputs and added losses without recording the operations.</summary>
        public Tensor[] First()
        {
            using DisposeScope scope = NewDisposeScope();
            int before = context.Losses.Count;
            Tensor[] given = [.. inputs.Select((x, i) => Masked(x.detach(), i))];
            Tensor[] results = [.. compute(given).Select((y, i) => Array.IndexOf(given, y) >= 0 ? y.alias() : y)];
            outputMasks = Array.ConvertAll(results, context.MaskOf);
            foreach (Tensor? mask in outputMasks)
            {
                mask?.MoveToOuterDisposeScope();
            }

            outputs = results.Length;
            Tensor[] all = [.. results, .. context.TakeLosses(before)];
            return Array.ConvertAll(all, y => y.MoveToOuterDisposeScope());
        }

        /// <summary>Passes the masks and losses to the context.</summary>
        public Tensor[] Finish(List<Tensor> results)
        {
            foreach (Tensor loss in results.Skip(outputs))
            {
                context.AddLoss(loss);
            }

            for (int i = 0; i < outputs; i++)
            {
                context.SetMask(results[i], outputMasks[i]);
            }

            return [.. results.Take(outputs)];
        }

        /// <summary>Computes again, with the same random numbers, and returns the gradients of the inputs and weights.</summary>
        public List<Tensor> Again(List<Tensor> saved, List<Tensor> slopes)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable recording = enable_grad();
            CallContext.DrawState now = context.SaveDraws();
            bool trainingNow = context.Training;
            int depthNow = context.Depth;
            int before = context.Losses.Count;
            Tensor[] given = [.. saved.Select((x, i) =>
                Masked(x.detach().requires_grad_(x.is_floating_point() && x.requires_grad), i))];
            Tensor[] sources = [.. given, .. weights];
            try
            {
                context.RestoreDraws(random);
                context.Training = training;
                context.Depth = depth;
                Tensor[] results = [.. compute(given), .. context.TakeLosses(before)];
                int[] used = [.. Enumerable.Range(0, results.Length).Where(i => !slopes[i].IsInvalid && results[i].requires_grad)];
                int[] wanted = [.. Enumerable.Range(0, sources.Length).Where(i => sources[i].requires_grad)];
                var gradients = new Tensor[sources.Length];
                if (used.Length > 0 && wanted.Length > 0)
                {
                    IList<Tensor> found = autograd.grad(
                        [.. used.Select(i => results[i])], [.. wanted.Select(i => sources[i])], [.. used.Select(i => slopes[i])],
                        allow_unused: true);
                    for (int i = 0; i < wanted.Length; i++)
                    {
                        gradients[wanted[i]] = found[i] is { IsInvalid: false } one ? one.MoveToOuterDisposeScope() : null!;
                    }
                }

                return [.. gradients];
            }
            finally
            {
                context.RestoreDraws(now);
                context.Training = trainingNow;
                context.Depth = depthNow;
            }
        }

        private Tensor Masked(Tensor x, int input)
        {
            context.SetMask(x, masks[input]);
            return x;
        }
    }
}
