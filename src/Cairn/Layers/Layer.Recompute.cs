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

    /// <summary>The layer's own weights that its function may change, such as moving statistics. Quantized weights never change.</summary>
    private protected virtual IEnumerable<Variable> ChangedByCall =>
        OwnWeights.Where(weight => !weight.IsListedFirst && weight.Stored.dtype is not (ScalarType.Int8 or ScalarType.Byte));

    private Tensor[] ComputeTwice(Tensor[] inputs, CallContext context, Func<Tensor[], Tensor[]> compute)
    {
        Variable[] trained = [.. Weights.Where(weight => weight.Stored.requires_grad)];
        Tensor[] sources = Array.ConvertAll(trained, weight => weight.Source);
        Variable[] changed = [.. AllParts().Prepend(this).SelectMany(part => part.ChangedByCall).Distinct()];
        Tensor[] before = Array.ConvertAll(changed, weight => weight.Stored.detach().clone());
        bool isAgain = false;
        return Recomputation.Run(context, inputs, sources, given =>
        {
            if (!isAgain)
            {
                isAgain = true;
                return compute(given);
            }

            // The weights as they were before the first call, and as they are now afterwards: moving statistics include the batch once.
            Tensor[] now = Array.ConvertAll(changed, weight => weight.Stored.detach().clone());
            Tensor?[] copies = [.. trained.Select((weight, i) =>
                weight.ExchangeCopy(ReferenceEquals(sources[i], weight.Stored) ? null : sources[i]))];
            try
            {
                Restore(changed, before);
                return compute(given);
            }
            finally
            {
                Restore(changed, now);
                for (int i = 0; i < trained.Length; i++)
                {
                    trained[i].ExchangeCopy(copies[i]);
                }
            }
        });
    }

    private static void Restore(Variable[] weights, Tensor[] values)
    {
        using IDisposable _ = no_grad();
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i].Stored.copy_(values[i]);
        }
    }
}
