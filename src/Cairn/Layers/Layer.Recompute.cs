using static TorchSharp.torch;

namespace Cairn.Layers;

// Gradient checkpointing: less memory for more computation.
public abstract partial class Layer
{
    /// <summary>
    /// Whether training recomputes the layer in the backward pass instead of keeping its intermediate results in memory; false by default.
    /// Not saved in files. Keras: <c>keras.remat</c>.
    /// </summary>
    /// <remarks>
    /// Only the inputs of the layer are kept. The results are the same: the same random numbers are drawn again, and moving statistics are
    /// updated once. Set it on blocks of layers or nested models, such as each block of a transformer. The activations of only one block
    /// are then in memory at a time, at the cost of about a third more computation.
    /// </remarks>
    public bool Recompute { get; set; }

    private bool RecomputesIn(CallContext context) =>
        Recompute && context.Training && context.Builder is null && Built && is_grad_enabled();

    // Separate methods, so that a call that is not recomputed creates no closure.
    private Tensor CallTwice(Tensor x, CallContext context) =>
        ComputeTwice([x], context, given => [CallByPolicy(given[0], context)])[0];

    private Tensor[] CallTwice(Tensor[] inputs, CallArguments arguments, CallContext context) =>
        ComputeTwice(inputs, context, given => CallByPolicy(given, arguments, context));

    private Tensor[] ComputeTwice(Tensor[] inputs, CallContext context, Func<Tensor[], Tensor[]> compute)
    {
        Variable[] weights = [.. Weights];
        Tensor[] trained = [.. weights.Where(weight => weight.Value.requires_grad).Select(weight => weight.Value)];
        Variable[] others = [.. weights.Where(weight => !weight.Value.requires_grad)];
        bool isAgain = false;
        return Recomputation.Run(context, inputs, trained, given =>
        {
            if (!isAgain)
            {
                isAgain = true;
                return compute(given);
            }

            // Moving statistics already include the batch.
            Tensor[] before = Array.ConvertAll(others, weight => weight.Value.detach().clone());
            try
            {
                return compute(given);
            }
            finally
            {
                using IDisposable _ = no_grad();
                for (int i = 0; i < others.Length; i++)
                {
                    others[i].Value.copy_(before[i]);
                }
            }
        });
    }
}
